import { describe, expect, test } from 'vitest';
import { vocabulary } from './tables.ts';

const { conditionTypes, eventReasons, annotations, labels, finalizers, fieldManagers, gates } =
  vocabulary;
const reasons = Object.values(conditionTypes).flatMap(({ reasons: of }) => Object.entries(of));

describe('every word', () => {
  test('says what it means in a sentence', () => {
    const docs = [
      ...Object.values(conditionTypes).map(({ doc }) => doc),
      ...reasons.map(([, doc]) => doc),
      ...[eventReasons, annotations, labels, finalizers, fieldManagers, gates].flatMap((table) =>
        Object.values(table).map(({ doc }: { readonly doc: string }) => doc),
      ),
    ];
    expect(docs.filter((doc) => !/^[A-Z`].*\.$/.test(doc))).toEqual([]);
  });

  test('is one that Kubernetes takes', () => {
    const words = [
      ...Object.keys(conditionTypes),
      ...reasons.map(([reason]) => reason),
      ...Object.keys(eventReasons),
    ];
    expect(words.filter((word) => !/^[A-Z][A-Za-z]{0,62}$/.test(word))).toEqual([]);
    const names = [annotations, labels, finalizers].flatMap((table) =>
      Object.values(table).map(({ name }: { readonly name: string }) => name),
    );
    expect(names.filter((name) => !/^[a-z0-9.]+\/[a-z]([-a-z]{0,61}[a-z])$/.test(name))).toEqual(
      [],
    );
    // Field managers: at most 128 letters.
    expect(new Set(Object.values(fieldManagers).map(({ name }) => name)).size).toBe(
      Object.keys(fieldManagers).length,
    );
  });
});
