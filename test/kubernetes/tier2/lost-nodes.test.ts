/**
 * Three nodes, of which one is drained, loses its power, or its cable. Volumes stay on their node,
 * so its broker comes back with the node; until then the operator says what is missing, touches no
 * pod, and the other group takes all messages.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { isReady } from '../fewest-ready.ts';
import { clusterManifest } from '../manifests.ts';
import { type RealNodes, startNodes } from '../real-nodes.ts';
import { until } from '../until.ts';
import { Namespace, type Seen, SLOW_MS, showSeen } from './namespace.ts';

const SET = 'it-broker';
const GROUP = 'it-broker-0';
const BROKER = 'it-broker-0-0';
const OTHER = 'it-broker-1-0';
const CLAIM = 'data-it-broker-0-0';

/** Longer than Kubernetes takes here to see that a node is lost and to delete its pods. */
const LOST_MS = 12_000;

/** A sender gives a broker up after a second and a half; the rest is for a machine that is slow. */
const SEND_MS = 5_000;

let nodes: RealNodes;
let shop: Namespace;

beforeAll(async () => {
  nodes = await startNodes(3);
  shop = await Namespace.create(nodes, 'shop');
  await shop.installOperator('--set', 'rbac.readClusterObjects=true', '--set', 'replicas=2');
  await shop.apply(clusterManifest({ namespace: 'shop', groups: 2 }));
  await shop.apply(`
apiVersion: gantrymq.io/v1alpha1
kind: Topic
metadata: { name: ledger }
spec: { clusterRef: { name: it } }
`);
  await shop.converged('rmq', 'it');
  await shop.converged('rmqt', 'ledger');
});

afterAll(() => nodes.close());

interface Life {
  readonly uid: string;
  readonly node: string | undefined;
  readonly isLeaving: boolean;
  readonly restarts: number;
}

async function lifeOf(pod: string): Promise<Life> {
  const { metadata, spec, status } = await shop.require('pod', pod);
  return {
    uid: metadata.uid,
    node: spec.nodeName as string | undefined,
    isLeaving: metadata.deletionTimestamp !== undefined,
    restarts: (status.containerStatuses?.[0]?.restartCount ?? 0) as number,
  };
}

async function isServing(pod: string): Promise<boolean> {
  const found = (await shop.list('pods')).find(({ metadata: { name } }) => name === pod);
  return found !== undefined && isReady(found);
}

interface Loss {
  readonly what: string;
  readonly lose: (node: string) => Promise<unknown>;
  readonly mend: (node: string) => Promise<unknown>;
  /** What becomes of the broker's pod while its node is lost. */
  readonly leaves: (before: Life, during: Life) => void;
}

/** Loses the node of the broker and gives it back, while clients are at work. */
async function whileLost({ what, lose, mend, leaves }: Loss): Promise<Seen> {
  const [before, other] = [await lifeOf(BROKER), await lifeOf(OTHER)];
  expect(other.node, 'the other group is elsewhere').not.toBe(before.node);
  const claim = (await shop.require('pvc', CLAIM)).metadata.uid;
  const node = String(before.node);
  const seen = await shop.whileSending('it', async () => {
    await lose(node);
    await until(
      async () => !(await isServing(BROKER)),
      () => `${BROKER} still serves`,
      SLOW_MS,
    );
    await isSaid();
    leaves(before, await lifeOf(BROKER));
    await mend(node);
    await until(
      () => isServing(BROKER),
      () => `${BROKER} does not come back`,
      SLOW_MS,
    );
    await shop.converged('rmq', 'it');
    await shop.converged('rmqbs', SET);
  });
  showSeen(what, seen);
  await shop.condition('rmqbs', SET, { type: 'ReplicationHealthy', status: 'True' });
  expect((await lifeOf(BROKER)).node, 'it is back where its volume is').toBe(node);
  expect((await shop.require('pvc', CLAIM)).metadata.uid, 'with its volume').toBe(claim);
  expect(await lifeOf(OTHER), 'nobody touched the other').toEqual(other);
  return seen;
}

/** The set says who is missing, the cluster which component. */
async function isSaid(): Promise<void> {
  const ready = { type: 'Ready', status: 'False', reason: 'NotReady' };
  expect(await shop.condition('rmqbs', SET, ready)).toContain(GROUP);
  const healthy = { type: 'ReplicationHealthy', status: 'False', reason: 'NoMaster' };
  expect(await shop.condition('rmqbs', SET, healthy)).toContain(GROUP);
  const whole = { type: 'Ready', status: 'False', reason: 'ComponentsNotReady' };
  expect(await shop.condition('rmq', 'it', whole)).toContain(SET);
  const { status } = await shop.require('rmqbs', SET);
  expect(status.readyGroups).toBe(1);
}

/** Nothing acknowledged is lost, and the other group takes what the broker would have taken. */
function expectServed({ lost, refused, longestSendMs, groups, seconds }: Seen): void {
  expect(lost).toEqual([]);
  expect(refused).toBe(0);
  expect(longestSendMs).toBeLessThan(SEND_MS);
  expect(Object.keys(groups).toSorted()).toEqual([GROUP, 'it-broker-1']);
  expect(groups['it-broker-1']?.longestPauseMs).toBeLessThan(SEND_MS);
  expect(groups['it-broker-1']?.acknowledged).toBeGreaterThan(10 * seconds);
}

test('a node that is drained gives its pods up, and has them back', async () => {
  const seen = await whileLost({
    what: 'kubectl drain',
    lose: (node) => {
      const how = ['--ignore-daemonsets', '--delete-emptydir-data', '--timeout=120s'];
      return nodes.kubectl(['drain', node, ...how]);
    },
    mend: (node) => nodes.kubectl(['uncordon', node]),
    leaves: (before, during) => {
      expect(during.uid, 'another pod').not.toBe(before.uid);
      expect(during.node, 'that waits for its volume').toBeUndefined();
    },
  });
  expectServed(seen);
});

test.each([
  ['loses its power', 'kill', 'start'],
  ['loses its cable', 'cut', 'heal'],
] as const)('a node that %s comes back with its broker and its messages', async (_, lose, mend) => {
  const seen = await whileLost({
    what: `a node: ${lose}, ${mend}`,
    lose: async (node) => {
      await nodes.node(lose, node);
      const unknown = '--for=condition=Ready=Unknown';
      await nodes.kubectl(['wait', `node/${node}`, unknown, '--timeout=60s']);
      await sleep(LOST_MS);
    },
    mend: (node) => nodes.node(mend, node),
    leaves: (before, during) => {
      expect(during, 'Kubernetes wants it gone, and nobody says that it is').toEqual({
        ...before,
        isLeaving: true,
      });
    },
  });
  expectServed(seen);
});

test('the operator has touched no pod meanwhile: a lost node may have its pods still', async () => {
  const events = await shop.list('events.events.k8s.io');
  const ours = events.filter(({ regarding }) => regarding.name === SET);
  const reasons = new Set(ours.map(({ reason }) => String(reason)));
  expect(reasons, 'what it does is recorded').toContain('NotReady');
  for (const deed of ['PodReplaced', 'PodRepaired', 'PodForceDeleted', 'StatefulSetRecreated']) {
    expect(reasons).not.toContain(deed);
  }
});
