/** Settings of a server as they travel: read in lines that escape nothing, written as Java properties. */

/** Settings are answered a line each, as `key=value`, nothing escaped. */
export function parseSettings(body: Buffer): Map<string, string> {
  const lines = body
    .toString()
    .split('\n')
    .filter((line) => line.includes('='));
  return new Map(
    lines.map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]),
  );
}

/** In Java's properties syntax, where a backslash escapes. */
export function printSettings(changes: Readonly<Record<string, string>>): Buffer {
  const lines = Object.entries(changes).map(([key, value]) => {
    return `${key}=${value.replaceAll('\\', '\\\\').replaceAll('\n', '\\n')}\n`;
  });
  return Buffer.from(lines.join(''));
}
