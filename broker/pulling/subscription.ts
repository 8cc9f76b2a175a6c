/**
 * Which messages of a topic a consumer wants. A TAG expression names tags with `||` between them,
 * or `*` for all.
 *
 * The broker compares hash codes of tags only, which is what a queue entry holds; two tags with
 * one hash are told apart by the client.
 */
import { javaHash } from '../../protocol/mod.ts';

export interface Subscription {
  readonly topic: string;
  readonly expression: string;
  readonly expressionType: string;
  readonly version: number;
  readonly tags: readonly string[];
  /** Hash codes of `tags`; empty when every message is wanted. */
  readonly codes: ReadonlySet<number>;
}

export function isTagType(expressionType: string | undefined): boolean {
  return expressionType === undefined || expressionType === '' || expressionType === 'TAG';
}

/** The subscription that a TAG expression means; undefined when it names no tag at all. */
export function tagSubscription(
  topic: string,
  expression: string | undefined,
  version: number,
): Subscription | undefined {
  const all = expression === undefined || expression.trim() === '' || expression.trim() === '*';
  const tags = all
    ? []
    : expression
        .split('||')
        .map((tag) => tag.trim())
        .filter((tag) => tag !== '');
  if (!all && tags.length === 0) return undefined;
  return {
    topic,
    expression: all ? '*' : expression,
    expressionType: 'TAG',
    version,
    tags,
    codes: new Set(tags.map(javaHash)),
  };
}

/** Tells by a tag's hash whether a message is wanted; undefined when all are. */
export function filterOf({ codes }: Subscription): ((tagsHash: number) => boolean) | undefined {
  return codes.size === 0 ? undefined : (tagsHash) => codes.has(tagsHash);
}
