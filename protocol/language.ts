/**
 * The language a client says it is written in: a number in binary headers, a name in JSON headers.
 * Shown in connection lists; a few answers depend on it.
 */
const names = [
  'JAVA',
  'CPP',
  'DOTNET',
  'PYTHON',
  'DELPHI',
  'ERLANG',
  'RUBY',
  'OTHER',
  'HTTP',
  'GO',
  'PHP',
  'OMS',
  'RUST',
  'NODE_JS',
] as const;

export type LanguageName = (typeof names)[number];

const codes: ReadonlyMap<string, number> = new Map(names.map((name, code) => [name, code]));

/** What a header without a language is taken for, and what Gantry says: some clients know no other. */
export const JAVA = 0;
const OTHER = 7;

/** `OTHER` for a code that nobody knows. */
export function languageName(code: number): LanguageName {
  return names[code] ?? 'OTHER';
}

/** The code of `OTHER` for a name that nobody knows. */
export function languageCode(name: string): number {
  return codes.get(name) ?? OTHER;
}
