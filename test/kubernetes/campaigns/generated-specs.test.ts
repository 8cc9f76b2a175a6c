/**
 * Every field of every kind is given other values: the API server refuses them, or the operator
 * comes to an end with them, ready or stalled. Taken back, all is as it was.
 *
 * Only what rules forbid to change may be refused of what the schema allows, or else the operator
 * would not be tried at all.
 */
import { isDeepStrictEqual } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { KubeApiError, type KubeObject } from '../kube-api.ts';
import { until } from '../until.ts';
import { type Plural, World } from '../world.ts';
import { type Lane, lanes } from './lanes.ts';
import { isLong, sample } from './length.ts';
import { type Mutation, mutationsOf } from './mutations.ts';
import { converged } from './operations.ts';
import { snapshot } from './snapshot.ts';

/** Values of each kind in the short form. */
const VALID_SAMPLE = 4;
const WRONG_SAMPLE = 10;

/** What Kubernetes does not take back: a claim does not shrink, and keeps having attributes. */
const irreversible = /(?:^|\.)storage\.(?:size|volumeAttributesClassName)$/;

/** What rules refuse of what the schema allows: what an object is, and what would contradict. */
const forbidden: Partial<Record<Plural, RegExp>> = {
  rocketmqclusters:
    /^(?:nameServer|controller|brokerSets\[\])\.overrides\.pod\.(?:metadata\.labels|spec\.containers)$/,
  nameservers: /^(?:storage\.(?:storageClassName|ephemeral\..*)|overrides\.pod\..*)$/,
  brokersets:
    /^(?:storage\.(?:storageClassName|ephemeral\..*)|overrides\.pod\..*|clusterName|groupPrefix|nameServers\.addresses)$/,
  topics: /^(?:clusterRef\..*|topicName|messageType|queues\.write)$/,
  consumergroups: /^(?:clusterRef\..*|groupName)$/,
};

/** Of the values that the schema allows: those that no rule refuses, and those that converge. */
const TAKEN_SHARE_MIN = 0.5;
const READY_SHARE_MIN = 0.3;

/** So many values that fail show what there is to be shown. */
const FAILURES_MAX = 40;

let world: World;

beforeAll(async () => {
  world = await World.start({ operator: { leaderElection: 'false' } });
});

afterAll(() => world[Symbol.asyncDispose]());

/**
 * `waits`: it says what for, and nothing changes any more: somebody may still make what is named, or
 * a deadline is far away.
 */
type Ending = 'refused' | 'ready' | `stalled: ${string}` | `waits: ${string}`;

/** Longer than anything takes that is under way, and than the deadlines of rolls here. */
const WAITS_MS = 40_000;

/** Claims of pods that are gone again are kept, as `retention` says: they are no difference. */
async function snapshotLike(
  first: Record<string, unknown>,
  namespace: string,
): Promise<Record<string, unknown>> {
  const now = await snapshot({ world, namespace });
  const same = Object.entries(now).filter(([name]) => {
    return name in first || !name.startsWith('persistentvolumeclaims/');
  });
  return Object.fromEntries(same);
}

function endOf({ metadata, status }: KubeObject): Ending | undefined {
  if (status?.observedGeneration !== metadata.generation) return undefined;
  const conditions = status?.conditions as { type: string; status: string; reason: string }[];
  const is = (type: string) => conditions.find((one) => one.type === type && one.status === 'True');
  const stalled = is('Stalled');
  if (stalled !== undefined) return `stalled: ${stalled.reason}`;
  return is('Ready') && !is('Reconciling') ? 'ready' : undefined;
}

function waitsFor({ metadata, status }: KubeObject): Ending | undefined {
  if (status?.observedGeneration !== metadata.generation) return undefined;
  const conditions = status?.conditions as { type: string; status: string; reason: string }[];
  const work = conditions.find(({ type, status: is }) => type === 'Reconciling' && is === 'True');
  const ready = conditions.find(({ type, status: is }) => type === 'Ready' && is === 'False');
  const why = work ?? ready;
  return why && `waits: ${why.reason}`;
}

function saidBy(object: KubeObject | undefined): string {
  return JSON.stringify(object?.['status']?.conditions);
}

/** An object whose fields are changed, one by one. */
class Subject {
  readonly #plural: Plural;
  readonly #name: string;
  readonly #namespace: string;

  constructor(plural: Plural, name: string, namespace: string) {
    this.#plural = plural;
    this.#name = name;
    this.#namespace = namespace;
  }

  read(): Promise<KubeObject> {
    return world.require(this.#plural, this.#name, this.#namespace);
  }

  /** What became of it, once the operator has nothing more to do with it. */
  async become(spec: object): Promise<Ending> {
    try {
      await this.#replace(spec);
    } catch (error) {
      if (error instanceof KubeApiError && [400, 422].includes(error.status)) return 'refused';
      throw error;
    }
    return this.#ending(waitsFor);
  }

  /** What must converge, however long it takes. */
  async goBackTo(spec: object): Promise<Ending> {
    await this.#replace(spec);
    return this.#ending(() => undefined);
  }

  async #ending(otherwise: typeof waitsFor): Promise<Ending> {
    let found: Ending | undefined;
    let last: KubeObject | undefined;
    let sameSinceMs = Date.now();
    await until(
      async () => {
        const before = saidBy(last);
        last = await this.read();
        if (saidBy(last) !== before) sameSinceMs = Date.now();
        found = endOf(last);
        if (Date.now() - sameSinceMs > WAITS_MS) found ??= otherwise(last);
        return found !== undefined;
      },
      () => `it comes to no end: ${JSON.stringify(last?.['status'])}`,
    );
    return found ?? 'ready';
  }

  async #replace(spec: object): Promise<void> {
    const where = `namespaces/${this.#namespace}/${this.#plural}/${this.#name}`;
    const operations = [{ op: 'replace', path: '/spec', value: spec }];
    await world.api.patch(`/apis/gantrymq.io/v1alpha1/${where}`, operations, 'json');
  }
}

/** Of all lanes of a kind. */
const endings = new Map<string, Map<string, number>>();

function count(plural: Plural, ending: string): void {
  const all = endings.get(plural) ?? new Map<string, number>();
  all.set(ending, (all.get(ending) ?? 0) + 1);
  endings.set(plural, all);
}

function said({ field, value }: Mutation): string {
  return `${field} = ${JSON.stringify(value)}`;
}

/** Changes and changes back; throws when anything was not as it should. */
async function tryOut(subject: Subject, mutation: Mutation, ground: Ground): Promise<void> {
  const { plural, before } = ground;
  const ending = await subject.become(mutation.spec);
  if (isLong && mutation.isValid) console.log(`${plural} ${said(mutation)}: ${ending}`);
  count(plural, mutation.isValid ? ending : `wrong, ${ending}`);
  if (ending !== 'refused') {
    const after = await subject.goBackTo(before);
    if (after !== 'ready') throw new Error(`it is ${after} when ${ending} is taken back`);
    await expectSame(ground);
  }
  const mustBeRefused = !mutation.isValid || forbidden[plural]?.test(mutation.field) === true;
  if (mustBeRefused !== (ending === 'refused')) throw new Error(`it is ${ending}`);
}

async function expectSame({ namespace, first }: Ground): Promise<void> {
  await converged({ world, namespace });
  const now = await snapshotLike(first, namespace);
  const names = Object.keys({ ...first, ...now }).filter((name) => {
    return !isDeepStrictEqual(first[name], now[name]);
  });
  if (names.length === 0) return;
  const differences = names.map((name) => {
    return `${name} is ${JSON.stringify(now[name])}, was ${JSON.stringify(first[name])}`;
  });
  throw new Error(`taken back, it is another one: ${differences.join('; ')}`);
}

interface Ground {
  readonly plural: Plural;
  readonly namespace: string;
  readonly before: object;
  readonly first: Record<string, unknown>;
}

async function prepare({ plural, name, namespace, manifests }: Lane): Promise<Subject> {
  await world.server.kubectl(['create', 'namespace', namespace]);
  for (const manifest of manifests) {
    await world.server.kubectl(['-n', namespace, 'apply', '--server-side', '-f', '-'], manifest);
    await converged({ world, namespace });
  }
  await world.awaitReady(plural, name, namespace);
  return new Subject(plural, name, namespace);
}

function chosen({ plural, part, parts }: Lane, spec: object): readonly Mutation[] {
  const all = mutationsOf(plural, spec);
  const valid = all.filter(({ field, isValid }) => isValid && !irreversible.test(field));
  const wrong = all.filter(({ isValid }) => !isValid);
  return [...sample(valid, VALID_SAMPLE), ...sample(wrong, WRONG_SAMPLE)].filter((_, index) => {
    return index % parts === part;
  });
}

describe.concurrent.each(lanes)('$plural $part', (lane) => {
  test(
    'any field may be changed and changed back',
    async () => {
      const { plural, namespace } = lane;
      const subject = await prepare(lane);
      const before = (await subject.read())['spec'] as object;
      const first = await snapshot({ world, namespace });
      const failures: string[] = [];
      for (const mutation of chosen(lane, before)) {
        try {
          await tryOut(subject, mutation, { plural, namespace, before, first });
        } catch (error) {
          const { message } = error as Error;
          failures.push(`${said(mutation)}: ${message}`);
          console.log(`${plural} ${said(mutation)}: ${message}`);
          await subject.goBackTo(before);
          await converged({ world, namespace });
        }
        if (failures.length === FAILURES_MAX) break;
      }
      expect(failures).toEqual([]);
    },
    isLong ? 5_400_000 : 300_000,
  );
});

describe('all kinds', () => {
  test('most of what is allowed converges, and nothing is only refused', () => {
    for (const [plural, all] of endings) {
      console.log(plural, Object.fromEntries(all));
      const [ready, refused] = [all.get('ready') ?? 0, all.get('refused') ?? 0];
      const wrong = all.get('wrong, refused') ?? 0;
      const valid = [...all.values()].reduce((sum, one) => sum + one, 0) - wrong;
      console.log(
        `${plural}: ${valid} values that the schema allows, ${refused} refused by rules, ${ready} converge`,
      );
      // Of a few, all may be such that nothing comes of them.
      expect((valid - refused) / valid, plural).toBeGreaterThanOrEqual(
        isLong ? TAKEN_SHARE_MIN : 0,
      );
      expect(ready / valid, plural).toBeGreaterThanOrEqual(isLong ? READY_SHARE_MIN : 0);
    }
    expect(endings.size).toBe(new Set(lanes.map(({ plural }) => plural)).size);
  });
});
