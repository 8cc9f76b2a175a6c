/**
 * The Java quick start, unmodified, against a cluster of a real Kubernetes: its processes run in the
 * cluster's network with the cluster's names, as in a pod, and reach brokers by the names they tell.
 */
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Scratch } from '../../processes/scratch.ts';
import { run } from '../api-server.ts';
import { clusterManifest } from '../manifests.ts';
import { type RealNodes, startNodes } from '../real-nodes.ts';
import { Namespace, SLOW_MS } from './namespace.ts';

const JAVA = (name: string): string =>
  fileURLToPath(new URL(`../../java/${name}`, import.meta.url));
const MESSAGES = 1_000;

let nodes: RealNodes;
let shop: Namespace;

beforeAll(async () => {
  await run(JAVA('install'), []);
  nodes = await startNodes(1);
  shop = await Namespace.create(nodes, 'shop');
  await shop.installOperator();
  await shop.apply(clusterManifest({ namespace: 'shop', groups: 2 }));
  await shop.converged('rmq', 'it');
});

afterAll(() => nodes.close());

const ids = (text: string, pattern: RegExp): Set<string> =>
  new Set([...text.matchAll(pattern)].map((match) => match[1] ?? ''));

test('the Java quick start sends 1,000 messages to two groups and consumes the same 1,000', async () => {
  using scratch = new Scratch();
  const settings = [`PEER_RUN=${scratch.path}`, `PEER_NAMESRV=${shop.nameServer('it')}`];
  const java = (what: string) => nodes.inside(['/usr/bin/env', ...settings, JAVA('peer'), what]);

  await using producer = java('quickstart-producer');
  const sent = await producer.done();
  expect(sent.match(/sendStatus=SEND_OK/g)).toHaveLength(MESSAGES);
  expect(ids(sent, /brokerName=([\w-]+)/g)).toEqual(new Set(['it-broker-0', 'it-broker-1']));

  const route = await shop.admin('it', 'topic', 'route', 'TopicTest');
  for (const group of ['it-broker-0', 'it-broker-1']) {
    expect(route, 'the names that brokers tell').toContain(`${group}-0.${group}.shop.svc:10911`);
  }

  await using consumer = java('quickstart-consumer');
  const received = await consumer.until((output) => {
    const keys = ids(output, /UNIQ_KEY=([0-9A-F]{32})/g);
    return keys.size === MESSAGES ? keys : undefined;
  }, SLOW_MS);
  expect(received).toEqual(ids(sent, / msgId=([0-9A-F]{32})/g));
});
