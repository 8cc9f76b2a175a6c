/**
 * What a house rule is: a look at all files that says, in one sentence each, what breaks it. Rules
 * are code so that no review has to mention them; each has a test that plants a violation.
 */
import type { Source } from '../architecture.ts';

export type Rule = (files: readonly Source[]) => string[];

/** A rule that looks at one file at a time, of those with `ending`. */
export function eachFile(ending: string, look: (file: Source) => readonly string[]): Rule {
  return (files) => files.filter(({ path }) => path.endsWith(ending)).flatMap(look);
}

/** What a whole line is about: `path:line`. */
export function place(path: string, text: string, index: number): string {
  return `${path}:${text.slice(0, index).split('\n').length}`;
}

export const isTest = (path: string): boolean => path.endsWith('.test.ts');
export const isDoor = (path: string): boolean => path.endsWith('/mod.ts');
