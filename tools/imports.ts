/**
 * What a source file imports, read from its text: every statement and expression that names a
 * module, on one line or many, types too.
 */

/** Between `import` and `from`: names, braces and comments, never a quote or the start of a value. */
const CLAUSE = String.raw`(?:[\w$*{},\s]|//[^\n]*\n|/\*[^]*?\*/)*?`;
const STATEMENT = new RegExp(
  String.raw`^[ \t]*(?:import|export)\b${CLAUSE}\bfrom\s*['"]([^'"\n]+)['"]`,
  'gm',
);
const FOR_ITS_EFFECT = /^[ \t]*import\s*['"]([^'"\n]+)['"]/gm;
const EXPRESSION =
  /(?:(?<![.#\w$])(?:import|require)|\bgetBuiltinModule)\(\s*(?:['"]([^'"\n]+)['"]|`([^`$]+)`)/g;
const COMPUTED = /(?<![.#\w$])import\(\s*([^)'"`\s][^)\n]*|`[^`]*\$[^`]*`)/g;

export interface Imports {
  readonly targets: readonly string[];
  /** Expressions in place of a name, as `import(path)`: nobody can say what they reach. */
  readonly computed: readonly string[];
}

export function importsOf(text: string): Imports {
  const statements = [...text.matchAll(STATEMENT), ...text.matchAll(FOR_ITS_EFFECT)];
  const expressions = [...text.matchAll(EXPRESSION)];
  return {
    targets: [
      ...statements.map((match) => match[1] ?? ''),
      ...expressions.map((match) => match[1] ?? match[2] ?? ''),
    ],
    computed: Array.from(text.matchAll(COMPUTED), (match) => match[1] ?? ''),
  };
}
