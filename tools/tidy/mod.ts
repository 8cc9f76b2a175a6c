export { links, versions } from './documents.ts';
export { noMachine, subjects } from './repository.ts';
export type { Rule } from './rule.ts';
export {
  doors,
  headers,
  names,
  promises,
  shortFiles,
  shortOnTheWhole,
  verbs,
  wholeTests,
} from './sources.ts';
export { tested } from './tested.ts';
