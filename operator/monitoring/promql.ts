/**
 * Which series an expression of PromQL is about, and by which labels it picks them: enough of the
 * language to hold rules and dashboards against the tables of metrics.
 */

export interface Selector {
  readonly metric: string;
  readonly labels: readonly string[];
}

const words = new Set([
  'and',
  'bool',
  'by',
  'group_left',
  'group_right',
  'ignoring',
  'inf',
  'nan',
  'offset',
  'on',
  'or',
  'unless',
  'without',
]);

export function selectorsIn(expr: string): Selector[] {
  const plain = expr
    .replaceAll(/"(?:[^"\\]|\\.)*"/g, '""')
    .replaceAll(/\[[^\]]*\]/g, '')
    .replaceAll(/\b(?:by|without|on|ignoring|group_left|group_right)\s*\([^)]*\)/g, ' ');
  const found = plain.matchAll(/(?<![\w:."])([a-zA-Z_:][\w:]*)\s*(\(|\{[^}]*\})?/g);
  return [...found].flatMap(([, metric = '', after = '']) => {
    if (after === '(' || words.has(metric.toLowerCase())) return [];
    const labels = [...after.matchAll(/(\w+)\s*(?:=~|!~|!=|=)/g)].map(([, label = '']) => label);
    return [{ metric, labels }];
  });
}
