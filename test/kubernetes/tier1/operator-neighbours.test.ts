/** Clusters and operators beside each other, which must not touch what is not theirs. Pods are played on paper. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Admin } from '../../../client/mod.ts';
import { nodeRuntime } from '../../../runtime/node/mod.ts';
import { converged } from '../campaigns/operations.ts';
import { clusterManifest } from '../manifests.ts';
import { OperatorProcess } from '../operator-process.ts';
import { until } from '../until.ts';
import { World } from '../world.ts';

/** Namespaces of the operator of the world, and those of others. */
const OURS = ['here', 'there'];
const OTHERS = ['shared', 'both'];

let world: World;

beforeAll(async () => {
  world = await World.start({
    isOnPaper: true,
    operator: { namespaces: OURS.join() },
  });
  for (const namespace of [...OURS, ...OTHERS]) {
    await world.server.kubectl(['create', 'namespace', namespace]);
  }
});

afterAll(() => world[Symbol.asyncDispose]());

test('two clusters of one name in two namespaces know nothing of each other', async () => {
  const places = ['here', 'there'] as const;
  await Promise.all(
    places.map((namespace) => world.server.apply(clusterManifest({ namespace, groups: 2 }))),
  );
  for (const namespace of places) await converged({ world, namespace });
  const [node] = world.nodes;
  for (const namespace of places) {
    await using admin = Admin.start(nodeRuntime(), {
      nameServers: world.nameServer('it', namespace),
      host: '127.0.0.1',
    });
    const { brokers } = await admin.clusterInfo();
    const addresses = [...brokers.values()].flatMap((broker) => [...broker.addresses.values()]);
    expect(addresses.toSorted()).toEqual(
      ['it-broker-0-0', 'it-broker-1-0']
        .map((pod) => `${node?.address(pod, namespace)}:10911`)
        .toSorted(),
    );
  }
});

test('operators with a selector each act on their own objects, and on no others', async () => {
  const namespace = 'shared';
  const start = (team: string): Promise<OperatorProcess> =>
    OperatorProcess.start(world.proxy.kubeconfig(), {
      namespaces: namespace,
      selector: `team=${team}`,
      leaseName: `team-${team}`,
      leaseNamespace: namespace,
    });
  await using first = await start('a');
  await using second = await start('b');
  const label = (name: string, team: string): Promise<string> =>
    world.server.kubectl(['-n', namespace, 'label', 'rmq', name, `team=${team}`]);
  for (const name of ['a', 'b', 'c']) {
    await world.server.apply(clusterManifest({ namespace, name }));
  }
  await label('a', 'a');
  await label('b', 'b');
  await world.awaitReady('rocketmqclusters', 'a', namespace);
  await world.awaitReady('rocketmqclusters', 'b', namespace);
  expect(await Promise.all([first.isLeading(), second.isLeading()])).toEqual([true, true]);
  await until(
    async () => (await world.mutationsIn(3_000)).length === 0,
    () => 'The operators write on and on',
  );
  expect((await world.require('rocketmqclusters', 'c', namespace))['status']).toBeUndefined();
  expect(await world.find('nameservers', 'c', namespace)).toBeUndefined();
});

test('of operators with the same selector, one acts', async () => {
  const namespace = 'both';
  const options = { namespaces: namespace, selector: 'team=a', leaseNamespace: namespace };
  const start = (): Promise<OperatorProcess> =>
    OperatorProcess.start(world.proxy.kubeconfig(), options);
  await using first = await start();
  await using second = await start();
  const leading = async (): Promise<number> =>
    (await Promise.all([first.isLeading(), second.isLeading()])).filter(Boolean).length;
  await until(
    async () => (await leading()) === 1,
    () => `Nobody leads: ${first.output}${second.output}`,
  );
  await world.mutationsIn(3_000);
  expect(await leading()).toBe(1);
});
