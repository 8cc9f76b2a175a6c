/** Rules about the repository as a whole: it names no machine, and its commits name an area. */
import type { Source } from '../architecture.ts';
import { beside, layers } from '../architecture.ts';
import { place, type Rule } from './rule.ts';

/** Folders that are not code, and what belongs to no folder. */
const areas = new Set([
  ...layers.flat(),
  ...beside,
  'docs',
  'examples',
  'charts',
  'crds',
  'bin',
  'ci',
  'build',
  'deploy',
  'release',
]);

/** Subjects of commits, one sentence for each that is not `area: what changed`. */
export function subjects(log: readonly string[]): string[] {
  return log
    .filter((subject) => !subject.startsWith('Merge '))
    .filter((subject) => {
      // A part may be named too: `broker/sending: …`.
      const match = /^([a-z][a-z/-]*(?:, [a-z][a-z/-]*)*): \S/.exec(subject);
      const named = match?.[1]?.split(', ').map((area) => area.split('/', 1)[0] ?? '');
      return named?.some((area) => !areas.has(area)) ?? true;
    })
    .map((subject) => `"${subject}" is not "area: what changed" with a folder as its area`);
}

/**
 * Nothing may mention the machine it was written on, nor a registry that only that machine knows.
 * `here` is the folder of this checkout.
 */
export function noMachine(here: string): Rule {
  const folder = here.replace(/\/$/, '');
  return (files) =>
    files.flatMap((file) => [
      ...mentions(file, folder === '' ? /(?!)/g : literal(folder)),
      ...mentions(
        file,
        /\/home\/(?!(?:mq|user|gantry|namesrv|broker)\b)[a-z]\w*\/|\/Users\/\w+\/|(?<![\w.])\/wor[k]\//g,
      ),
      ...(file.path === 'package-lock.json' || file.path === '.npmrc'
        ? mentions(
            file,
            /https?:\/\/(?!registry\.npmjs\.org\/|github\.com\/|opencollective\.com\/|[\w.]*(?:tidelift|paypal|patreon)\.)[\w.:-]+/g,
          )
        : []),
    ]);
}

function mentions(file: Source, what: RegExp): string[] {
  return [...file.text.matchAll(what)].map((match) => {
    return `${place(file.path, file.text, match.index)} mentions ${match[0]}, which is of one machine`;
  });
}

function literal(text: string): RegExp {
  return new RegExp(`${text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}(?![\\w-])`, 'g');
}
