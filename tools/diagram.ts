/**
 * The picture of the layers in ARCHITECTURE.md, drawn from the table that the architecture test
 * enforces.
 */
import { beside, inside, layers, mayImport } from './architecture.ts';

/** Markdown from the first line after the opening marker to the last before the closing one. */
export function drawLayers(): string {
  return [
    '```',
    ...picture(layers),
    '',
    ` beside   ${beside.join('   ')}`,
    '```',
    '',
    ...table('component', layers, mayImport),
    ...Object.entries(inside).flatMap(([component, inner]) => [
      '',
      `Inside \`${component}/\`, by files:`,
      '',
      '```',
      ...picture(inner.layers),
      '```',
      '',
      ...table('part', inner.layers, inner.mayImport),
    ]),
  ].join('\n');
}

type Rows = readonly (readonly string[])[];

function picture(rows: Rows): string[] {
  const width = Math.max(...rows.flat().map((name) => name.length)) + 3;
  return rows.map((names, index) => {
    const cells = names.map((name) => name.padEnd(width)).join('');
    return ` ${rows.length - 1 - index}   ${cells}`.trimEnd();
  });
}

function table(
  what: string,
  rows: Rows,
  below: Readonly<Record<string, readonly string[]>>,
): string[] {
  const imports = rows.flat().map((name) => {
    return `| ${shown(name)} | ${(below[name] ?? []).map(shown).join(', ') || 'nothing'} |`;
  });
  return [`| ${what} | may import |`, '| --- | --- |', ...imports];
}

function shown(name: string): string {
  return name.includes('.') ? `\`${name}\`` : `\`${name}/\``;
}

const OPENING = '<!-- layers -->';
const CLOSING = '<!-- /layers -->';

/** `page` with the picture between its markers made anew. */
export function withLayers(page: string): string {
  const start = page.indexOf(OPENING);
  const end = page.indexOf(CLOSING);
  if (start === -1 || end < start) {
    throw new Error(`Cannot draw the layers: expected the markers ${OPENING} and ${CLOSING}`);
  }
  return `${page.slice(0, start + OPENING.length)}\n${drawLayers()}\n${page.slice(end)}`;
}
