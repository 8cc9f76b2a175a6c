/** The first manifest that anybody applies, from nothing to its end. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { until } from '../until.ts';
import { QUICKSTART, World } from '../world.ts';

let world: World;

beforeAll(async () => {
  world = await World.start();
});

afterAll(() => world[Symbol.asyncDispose]());

const admin = (...args: string[]): Promise<string> =>
  world.gantry(['admin', ...args, '--nameserver', world.nameServer('quickstart')]);

test('it is applied, ready, and gives back what it takes', async () => {
  await world.server.apply(QUICKSTART);
  await world.awaitReady('rocketmqclusters', 'quickstart');
  await admin('send', '--topic', 'greetings', '--body', 'hello');
  const one = ['--from', 'first', '--count', '1', '--timeout', '30'];
  const received = await admin('consume', '--topic', 'greetings', ...one);
  expect(received).toContain('hello');
});

test('kubectl shows what there is', async () => {
  const shown = await world.server.kubectl(['get', 'rmq,rmqns,rmqbs']);
  for (const name of ['/quickstart ', '/quickstart-broker ']) expect(shown).toContain(name);
});

test('deleted, it is gone, and its data is kept', async () => {
  await world.server.kubectl(['delete', 'rocketmqcluster', 'quickstart', '--wait=false']);
  const plurals = [
    'rocketmqclusters',
    'nameservers',
    'brokersets',
    'statefulsets',
    'pods',
  ] as const;
  await until(
    async () =>
      (await Promise.all(plurals.map((plural) => world.list(plural)))).flat().length === 0,
    () => 'Something is left of the cluster',
  );
  const claims = await world.list('persistentvolumeclaims');
  expect(claims.map(({ metadata }) => metadata.name)).toContain('data-quickstart-broker-0-0');
});
