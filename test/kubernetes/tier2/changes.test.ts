/**
 * What users change on a cluster that is in use: each change converges, and no message that was
 * acknowledged meanwhile is lost.
 */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { stringify } from 'yaml';
import { CLUSTER, run } from '../api-server.ts';
import { type RealNodes, startNodes } from '../real-nodes.ts';
import { Namespace, type Seen, showSeen } from './namespace.ts';

const SET = 'it-broker';
const GROUPS = [`${SET}-0`, `${SET}-1`, `${SET}-2`];
const MIB = 2 ** 20;

let nodes: RealNodes;
let shop: Namespace;

/** What the broker set of the manifest has; one change comes on top of the one before. */
const broker = {
  name: 'broker',
  // No groups: who leaves them out leaves them to `kubectl scale` and to autoscalers.
  replicas: 1,
  durability: 'Async',
  image: undefined as string | undefined,
  storage: { size: '400Mi', storageClassName: 'device' },
  config: { mappedFileSizeCommitLog: '16777216', mappedFileSizeConsumeQueue: '600000' } as Record<
    string,
    string
  >,
  update: { settle: '2s' },
  pod: { terminationGracePeriodSeconds: 30 },
};

function manifest(): string {
  return stringify({
    apiVersion: 'gantrymq.io/v1alpha1',
    kind: 'RocketMQCluster',
    metadata: { name: 'it' },
    spec: { nameServer: { replicas: 2 }, brokerSets: [broker] },
  });
}

beforeAll(async () => {
  nodes = await startNodes(1);
  shop = await Namespace.create(nodes, 'shop');
  await shop.installOperator();
  await shop.apply(manifest());
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

/** Makes a change while clients are at work; it is through when `isThrough` and nothing is under way. */
async function change(
  what: string,
  act: () => Promise<unknown>,
  isThrough: () => Promise<void>,
): Promise<Seen & { readonly fewestReady: number }> {
  const fewest = shop.fewestBrokers();
  const seen = await shop.whileSending('it', async () => {
    await act();
    await isThrough();
    await shop.converged('rmqbs', SET);
    await shop.converged('rmq', 'it');
  });
  showSeen(what, seen);
  return { ...seen, fewestReady: await fewest() };
}

const edit = (): Promise<string> => shop.apply(manifest());

/** Until every broker says that the setting is `value`. */
async function settingIs(key: string, value: string): Promise<void> {
  for (const group of GROUPS) {
    await shop.until('rmqbs', SET, async () => {
      const shown = shop.admin('it', 'broker', 'config', 'get', key, '-b', group, '-o', 'json');
      return (await shown.catch(() => '')).includes(`"${value}"`);
    });
  }
}

test('kubectl scale adds groups, which serve the topics of the others', async () => {
  const { lost, groups } = await change(
    'kubectl scale to 3 groups',
    () => shop.kubectl('scale', `rmqbs/${SET}`, '--replicas', '3'),
    () => shop.until('rmqbs', SET, ({ status }) => status.readyGroups === 3),
  );
  expect(lost).toEqual([]);
  expect(Object.keys(groups).toSorted(), 'groups that took messages').toEqual(GROUPS);
  const route = await shop.admin('it', 'topic', 'route', 'ledger');
  for (const group of GROUPS) expect(route).toContain(group);
});

test('an edit of a dynamic key reaches running brokers, and no pod is touched', async () => {
  const before = await shop.brokerPods();
  broker.config['maxMessageSize'] = '1048576';
  const seen = await change('edit of a dynamic key', edit, () =>
    settingIs('maxMessageSize', '1048576'),
  );
  expect(seen).toMatchObject({ lost: [], refused: 0, fewestReady: GROUPS.length });
  expect(await shop.brokerPods()).toEqual(before);
});

test('an edit of a restart key replaces the pods, one group at a time', async () => {
  const before = await shop.brokerPods();
  broker.config['defaultTopicQueueNums'] = '9';
  const seen = await change('edit of a restart key', edit, () =>
    settingIs('defaultTopicQueueNums', '9'),
  );
  expect(seen).toMatchObject({ lost: [], refused: 0, fewestReady: GROUPS.length - 1 });
  expect(kept(before, await shop.brokerPods())).toEqual([]);
});

test('another image is rolled out, one group at a time', async () => {
  const before = await shop.brokerPods();
  await nodeTags('again');
  broker.image = 'gantry:again';
  const seen = await change('edit of the image', edit, () =>
    shop.until('rmqbs', SET, async () => {
      const pods = await shop.list('pods', 'app.kubernetes.io/component=broker');
      return pods.every(({ spec }) => spec.containers[0].image === 'gantry:again');
    }),
  );
  expect(seen).toMatchObject({ lost: [], refused: 0, fewestReady: GROUPS.length - 1 });
  expect(kept(before, await shop.brokerPods())).toEqual([]);
});

test('a larger size grows the file systems under running brokers', async () => {
  const before = await shop.brokerPods();
  broker.storage.size = '600Mi';
  const seen = await change('edit of storage.size', edit, async () => {
    for (const group of GROUPS) {
      await shop.until('rmqbs', SET, async () => (await fileSystemBytes(group)) > 500 * MIB);
      await shop.until('sts', group, ({ spec }) => {
        return spec.volumeClaimTemplates[0].spec.resources.requests.storage === '600Mi';
      });
    }
  });
  expect(seen).toMatchObject({ lost: [], refused: 0, fewestReady: GROUPS.length });
  expect(await shop.brokerPods()).toEqual(before);
});

/** The pods that are still the ones they were; also those that are not there any more. */
function kept(before: ReadonlyMap<string, string>, after: ReadonlyMap<string, string>): string[] {
  return [...before.keys()].filter((name) =>
    [before.get(name), undefined].includes(after.get(name)),
  );
}

/** The image of the cluster under another tag, as if another had been loaded. */
async function nodeTags(tag: string): Promise<void> {
  const [pod] = await shop.list('pods', 'app.kubernetes.io/component=broker');
  const from = `docker.io/library/${String(pod?.['spec'].containers[0].image)}`;
  const images = ['ctr', '--namespace', 'k8s.io', 'images'];
  const where = ['exec', '--name', nodes.name, '--node', 'node1'];
  await run(CLUSTER, [...where, ...images, 'tag', from, `docker.io/library/gantry:${tag}`]);
}

async function fileSystemBytes(group: string): Promise<number> {
  const code =
    'const {blocks, bsize} = fs.statfsSync("/var/lib/gantry"); console.log(blocks * bsize)';
  return Number(await shop.kubectl('exec', `${group}-0`, '--', 'node', '-e', code));
}
