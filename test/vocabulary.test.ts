/** The operator's words are the tables of its vocabulary: no other is said, and none of them never. */
import { describe, expect, test } from 'vitest';
import { vocabulary } from '../operator/mod.ts';
import { readTree } from '../tools/tree.ts';

interface Text {
  readonly path: string;
  readonly text: string;
}

const VOCABULARY = 'operator/api/vocabulary/';

/** Without comments, which may name whatever they like. */
const uncommented = (text: string): string =>
  text.replace(/\/\*[^]*?\*\//g, '').replace(/(^|\s)\/\/[^\n]*/g, '$1');

/** What is shipped and does not define the words itself. */
const sources: readonly Text[] = readTree()
  .filter(({ path }) => /^(?:operator|cli)\/.*\.ts$/.test(path))
  .filter(({ path }) => !path.startsWith(VOCABULARY))
  .filter(({ path }) => !path.endsWith('.test.ts') && !path.includes('/fixtures/'))
  .map(({ path, text }) => ({ path, text: uncommented(text) }));

/** Names of labels, annotations and finalizers that a text has of itself. */
const ownNames = (texts: readonly Text[]): string[] =>
  texts.flatMap(({ path, text }) =>
    Array.from(text.matchAll(/(?:gantrymq|app\.kubernetes)\.io\/[\w-]+/g), ([name]) => {
      return `${path}: ${name}`;
    }),
  );

const says = (word: string) => {
  const literal = new RegExp(`(['"\`])${word}\\1`);
  return ({ text }: Text): boolean => literal.test(text);
};

/** Reasons that travel as `StalledReason`, without their type. */
const APART = ['Stalled'];

function unusedWords(texts: readonly Text[]): string[] {
  const { conditionTypes, eventReasons, gates, ...named } = vocabulary;
  const isSaid = (word: string): boolean => texts.some(says(word));
  const conditions = Object.entries(conditionTypes).flatMap(([type, { reasons }]) => {
    const about = APART.includes(type) ? texts : texts.filter(says(type));
    const unused = Object.keys(reasons).filter((reason) => !about.some(says(reason)));
    return [...(isSaid(type) ? [] : [type]), ...unused.map((reason) => `${type}/${reason}`)];
  });
  const words = [...Object.keys(eventReasons), ...Object.keys(gates)];
  const members = Object.entries(named).flatMap(([table, rows]) =>
    Object.keys(rows)
      // Found by the kind of the object, not by a name in the source.
      .filter((row) => !(table === 'fieldManagers' && isSaid(row)))
      .map((row) => `${table}.${row}`)
      .filter((member) => !texts.some(({ text }) => text.includes(member))),
  );
  return [...conditions, ...words.filter((word) => !isSaid(word)), ...members];
}

test('the operator is read', () => {
  expect(sources.length).toBeGreaterThan(100);
});

test('names of ours are written in the vocabulary alone', () => {
  const isApiVersion = (found: string): boolean =>
    found === 'operator/api/metadata.ts: gantrymq.io/v1alpha1';
  expect(ownNames(sources).filter((found) => !isApiVersion(found))).toEqual([]);
});

test('every word of the vocabulary is said by some source', () => {
  expect(unusedWords(sources)).toEqual([]);
});

describe('the check finds', () => {
  test('a name that is written out', () => {
    const path = 'operator/a.ts';
    const text = "const a = 'gantrymq.io/paused';\nconst b = `${'app.kubernetes.io/name'}`;";
    expect(ownNames([{ path, text }])).toEqual([
      `${path}: gantrymq.io/paused`,
      `${path}: app.kubernetes.io/name`,
    ]);
    expect(ownNames([{ path, text: uncommented('/** gantrymq.io/paused */') }])).toEqual([]);
  });

  test('a word that nobody says, of each table', () => {
    const unused = unusedWords([]);
    expect(unused).toEqual(
      expect.arrayContaining([
        'Ready',
        'Ready/AllReady',
        'Stalled/InvalidSpec',
        'Synced',
        'NotPaused',
        'annotations.paused',
        'labels.cluster',
        'finalizers.topic',
        'fieldManagers.Topic',
      ]),
    );
    const about = { path: 'a.ts', text: "const ready = { type: 'Ready', reason: 'AllReady' };" };
    expect(unusedWords([about])).not.toContain('Ready/AllReady');
    // Said in another place, it is another type's.
    const [type, reason] = ["'Ready'", "'AllReady'"].map((text) => ({ path: 'a.ts', text }));
    expect(unusedWords([type, reason] as Text[])).toContain('Ready/AllReady');
  });
});
