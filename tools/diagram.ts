/**
 * The picture of the layers in ARCHITECTURE.md, drawn from the table that the architecture test
 * enforces.
 */
import { beside, layers, mayImport } from './architecture.ts';

/** Markdown from the first line after the opening marker to the last before the closing one. */
export function drawLayers(): string {
  const width = Math.max(...layers.flat().map((name) => name.length)) + 3;
  const lines = layers.map((names, index) => {
    const cells = names.map((name) => name.padEnd(width)).join('');
    return ` ${layers.length - 1 - index}   ${cells}`.trimEnd();
  });
  const imports = layers.flat().map((name) => {
    const below = mayImport[name] ?? [];
    return `| \`${name}/\` | ${below.map((other) => `\`${other}/\``).join(', ') || 'nothing'} |`;
  });
  return [
    '```',
    ...lines,
    '',
    ` beside   ${beside.join('   ')}`,
    '```',
    '',
    '| component | may import |',
    '| --- | --- |',
    ...imports,
  ].join('\n');
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
