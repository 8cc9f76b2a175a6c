/**
 * Access to brokers and name servers for one that leads: what changes anything is asked for only
 * while no other operator can lead, as every write to the API server. A process may have stood
 * still since its plan was made.
 */
import type { ClusterAccess, Refused } from '../access/mod.ts';

type Verb = Exclude<keyof ClusterAccess, symbol>;
type Answer<V extends Verb> = Awaited<ReturnType<ClusterAccess[V]>>;
/** A change can be refused, a question can only go unanswered. */
type EffectOf<V extends Verb> = [Extract<Answer<V>, Refused>] extends [never] ? 'asks' : 'changes';

const effects: { readonly [V in Verb]: EffectOf<V> } = {
  brokerFacts: 'asks',
  brokerConfig: 'asks',
  updateBrokerConfig: 'changes',
  routedBrokers: 'asks',
  nameServerConfig: 'asks',
  updateNameServerConfig: 'changes',
  forgetTopic: 'changes',
  topics: 'asks',
  findTopic: 'asks',
  putTopic: 'changes',
  removeTopic: 'changes',
  findTopicContents: 'asks',
  groups: 'asks',
  findGroup: 'asks',
  putGroup: 'changes',
  removeGroup: 'changes',
  contents: 'asks',
  copyMetadata: 'changes',
};

/** `requireLeading` throws when nothing may be changed any more. */
export function fencedAccess(access: ClusterAccess, requireLeading: () => void): ClusterAccess {
  const verbs = Object.entries(effects).map(([verb, effect]) => {
    const call = async (...asked: unknown[]): Promise<unknown> => {
      if (effect === 'changes') requireLeading();
      return (access[verb as Verb] as Call).apply(access, asked);
    };
    return [verb, call] as const;
  });
  const close = (): PromiseLike<void> => access[Symbol.asyncDispose]();
  return { ...(Object.fromEntries(verbs) as Calls), [Symbol.asyncDispose]: close };
}

type Call = (...asked: unknown[]) => Promise<unknown>;
/** Each verb as `access` has it: only when it is asked differs. */
type Calls = Pick<ClusterAccess, Verb>;
