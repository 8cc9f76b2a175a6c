/**
 * Label selectors as `kubectl -l` takes them: which objects an operator acts on, where several share
 * a cluster. `a=b`, `a!=b`, `a in (b,c)`, `a notin (b)`, `a`, `!a`, all of them separated by commas.
 */

type Labels = Readonly<Record<string, string>>;
export type LabelSelector = (labels: Labels) => boolean;

const KEY = '[A-Za-z0-9](?:[-A-Za-z0-9_./]*[A-Za-z0-9])?';
const VALUE = '(?:[A-Za-z0-9](?:[-A-Za-z0-9_.]*[A-Za-z0-9])?)?';
const equality = new RegExp(`^(${KEY})\\s*(==|=|!=)\\s*(${VALUE})$`);
const membership = new RegExp(`^(${KEY})\\s+(in|notin)\\s*\\(([^()]*)\\)$`);
const existence = new RegExp(`^(!?)\\s*(${KEY})$`);
const value = new RegExp(`^${VALUE}$`);

/** Undefined when it is none. The empty selector takes everything. */
export function findLabelSelector(text: string): LabelSelector | undefined {
  if (text.trim() === '') return () => true;
  const requirements = text.split(/,(?![^(]*\))/).map((part) => findRequirement(part.trim()));
  const known = requirements.filter((one) => one !== undefined);
  if (known.length < requirements.length) return undefined;
  return (labels) => known.every((holds) => holds(labels));
}

function findRequirement(text: string): LabelSelector | undefined {
  const [, label = '', operator, wanted = ''] = equality.exec(text) ?? [];
  if (operator !== undefined) {
    return (labels) => (labels[label] === wanted) === (operator !== '!=');
  }
  const [, key = '', kind, list = ''] = membership.exec(text) ?? [];
  if (kind !== undefined) {
    const values = list.split(',').map((one) => one.trim());
    if (!values.every((one) => value.test(one))) return undefined;
    return (labels) => values.includes(labels[key] ?? '\0') === (kind === 'in');
  }
  const [, negation, name] = existence.exec(text) ?? [];
  if (name === undefined) return undefined;
  return (labels) => Object.hasOwn(labels, name) === (negation === '');
}
