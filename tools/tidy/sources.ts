/** Rules about a source file by itself: its length, its header, its door, its words. */
import { eachFile, isDoor, isTest, place, type Rule } from './rule.ts';

const LINES_MAX = 500;
const MEDIAN_MAX = 150;

const linesOf = (text: string): number => text.replace(/\n$/, '').split('\n').length;

export const shortFiles: Rule = eachFile('.ts', ({ path, text }) => {
  const lines = linesOf(text);
  if (lines <= LINES_MAX) return [];
  return [`${path} has ${lines} lines, at most ${LINES_MAX}: split it by concept`];
});

/** A tree of long files is made one file at a time. */
export const shortOnTheWhole: Rule = (files) => {
  const lengths = files
    .filter(({ path }) => path.endsWith('.ts') && !isTest(path))
    .map(({ text }) => linesOf(text))
    .toSorted((left, right) => left - right);
  const median = lengths[Math.floor(lengths.length / 2)] ?? 0;
  if (median <= MEDIAN_MAX) return [];
  return [`The median source has ${median} lines, at most ${MEDIAN_MAX}`];
};

export const headers: Rule = eachFile('.ts', ({ path, text }) => {
  if (isTest(path) || isDoor(path) || /^(?:#![^\n]*\n)?\/\*\*/.test(text)) return [];
  return [`${path} has no header: open it with what the thing is, and its invariant`];
});

export const doors: Rule = eachFile('/mod.ts', ({ path, text }) => {
  const rest = text
    .replace(/\/\*[^]*?\*\/|\/\/[^\n]*/g, '')
    .replace(/export (?:type )?(?:\*|\{[^}]*\}) from '[^']+';/g, '');
  return rest.trim() === '' ? [] : [`${path} is a door: it only exports what others hold`];
});

export const names: Rule = eachFile('.ts', ({ path }) => {
  const wrong = path.split('/').filter((part) => {
    const [name = '', ...endings] = part.split('.');
    const words = name.split('-');
    const vague = ['util', 'utils', 'helper', 'helpers', 'common', 'manager', 'impl', 'misc'];
    return (
      !/^[a-z\d]+(?:-[a-z\d]+)*$/.test(name) ||
      words.some((word) => vague.includes(word)) ||
      endings.length > 3
    );
  });
  return wrong.map((part) => `${path}: "${part}" does not name a concept in kebab-case`);
});

/** "Process" is also a noun: `processGone` is a claim, `processRequest` says nothing. */
const VAGUE = String.raw`(?:(?:get|handle|do)[A-Z]|process(?:Batch|Command|Event|Frame|Item|Message|Request|Response))\w*`;
const DECLARED = new RegExp(
  [
    String.raw`^[ \t]*(?:export )?(?:async )?function\*? (${VAGUE})`,
    String.raw`^[ \t]*(?:export )?const (${VAGUE}) = (?:async )?[(<]`,
    // A method, in a class or an interface: what follows it tells it from a call.
    String.raw`^  (?:static )?(?:async )?#?(${VAGUE})\([^()]*\)(?:: [^=;{]+;| \{|: [^=;]+ \{)$`,
  ].join('|'),
  'gm',
);

/** Words that promise nothing: `find…` may find nothing, `require…` throws, `get…` says neither. */
export const verbs: Rule = eachFile('.ts', ({ path, text }) =>
  [...text.matchAll(DECLARED)].map((match) => {
    const name = match[1] ?? match[2] ?? match[3] ?? '';
    return `${place(path, text, match.index)} declares ${name}: say what it does`;
  }),
);

export const promises: Rule = (files) =>
  files.flatMap(({ path, text }) => {
    // Written so that this file does not break its own rule.
    const unfinished = /\b(?:TO[D]O|FIX[M]E|X[X]X|HAC[K])\b(?!\(#\d+\))/g;
    return [...text.matchAll(unfinished)].map((match) => {
      return `${place(path, text, match.index)} has a ${match[0]} without its issue, as in ${match[0]}(#12)`;
    });
  });

export const wholeTests: Rule = eachFile('.test.ts', ({ path, text }) => {
  const partial = /^[ \t]*(?:test|it|describe|suite)\.(only|skip|todo|fails|skipIf|runIf)\b/gm;
  return [...text.matchAll(partial)].map((match) => {
    return `${place(path, text, match.index)} uses ${match[1] ?? ''}: a test runs or is not there`;
  });
});
