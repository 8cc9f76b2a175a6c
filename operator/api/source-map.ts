/** From a path in a manifest to the line and column where a person wrote it. */
import { type Document, isMap, isScalar, isSeq, type LineCounter, type Node } from 'yaml';

export interface Place {
  readonly line: number;
  readonly column: number;
}

/**
 * Where `path` stands; what is not written at all is at the innermost block that should have it.
 * `atKey` asks for the key instead of its value.
 */
export function placeOf(
  document: Document.Parsed,
  lines: LineCounter,
  path: string,
  atKey: boolean,
): Place {
  let node: unknown = document.contents;
  let offset = startOf(node) ?? 0;
  for (const step of path.match(/[^.[\]]+/g) ?? []) {
    const next = memberOf(node, step);
    if (next === undefined) break;
    node = next.value;
    // A block begins on the line of its key for whoever reads it.
    const valueStart = isMap(node) || isSeq(node) ? undefined : startOf(node);
    offset = (atKey ? undefined : valueStart) ?? next.keyStart ?? startOf(node) ?? offset;
  }
  const { line, col } = lines.linePos(offset);
  return { line, column: col };
}

function memberOf(
  node: unknown,
  step: string,
): { readonly value: unknown; readonly keyStart?: number | undefined } | undefined {
  if (isSeq(node)) {
    const value = node.items[Number(step)];
    return value === undefined ? undefined : { value, keyStart: startOf(value) };
  }
  if (!isMap(node)) return undefined;
  const pair = node.items.find(({ key }) => String(isScalar(key) ? key.value : key) === step);
  return pair && { value: pair.value, keyStart: startOf(pair.key) };
}

function startOf(node: unknown): number | undefined {
  return (node as Node | null | undefined)?.range?.[0];
}
