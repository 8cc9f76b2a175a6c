/** A JSON merge patch (RFC 7386): blocks are merged, null removes, all else replaces. */
export function mergePatch<T>(target: T, patch: unknown): T {
  if (!isBlock(patch)) return patch as T;
  const merged: Record<string, unknown> = isBlock(target) ? { ...target } : {};
  for (const [name, value] of Object.entries(patch)) {
    if (value === null) delete merged[name];
    else merged[name] = mergePatch(merged[name], value);
  }
  return merged as T;
}

function isBlock(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
