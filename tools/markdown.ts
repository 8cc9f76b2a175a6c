/** Markdown out of rows. */

export function table(
  heads: readonly string[],
  rows: readonly (readonly string[])[],
): readonly string[] {
  return [line(heads), line(heads.map(() => '---')), ...rows.map(line)];
}

export const code = (text: string): string => `\`${text}\``;

function line(cells: readonly string[]): string {
  return `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
}
