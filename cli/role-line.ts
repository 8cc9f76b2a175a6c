/**
 * The command line of a role in its plain form, read without the command-line library: a tenth of
 * what a broker takes to be ready is loading that. Whatever is not plain is left to the library,
 * which knows help, abbreviations and errors.
 */
import type { RoleArguments } from './role.ts';

export interface RoleLine extends RoleArguments {
  readonly role: string;
}

/** Undefined when the library should have a look. */
export function readRoleLine([role, ...rest]: readonly string[]): RoleLine | undefined {
  if (role !== 'broker' && role !== 'nameserver' && role !== 'operator') return undefined;
  let file: string | undefined;
  const assignments: string[] = [];
  for (let index = 0; index < rest.length; index++) {
    const word = rest[index] ?? '';
    if (word === '-c' || word === '--config-file') {
      index++;
      file = rest[index];
      if (file === undefined || file.startsWith('-')) return undefined;
    } else if (word.startsWith('-')) {
      return undefined;
    } else {
      assignments.push(word);
    }
  }
  return { role, file, assignments };
}
