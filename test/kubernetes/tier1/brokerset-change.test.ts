/** What becomes of a broker set that serves when its spec is changed, well or badly. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { fewestReady } from '../fewest-ready.ts';
import { BrokerSetWorld, hasCondition } from './broker-set-world.ts';

let it: BrokerSetWorld;

beforeAll(async () => {
  it = await BrokerSetWorld.start();
});

afterAll(async () => {
  await it[Symbol.asyncDispose]();
});

const setting = async (key: string): Promise<(string | undefined)[]> =>
  Promise.all(
    ['it-0', 'it-1'].map((group) =>
      it.admin(async (admin) => (await admin.brokerConfig(it.broker(group))).get(key)),
    ),
  );

test('a dynamic key reaches running brokers, and its removal brings the default back', async () => {
  const before = await it.pods();
  await it.patch({ config: { shortPollingTimeMills: '700' } });
  await it.ready();
  expect(await setting('shortPollingTimeMills')).toEqual(['700', '700']);
  await it.patch({ config: { shortPollingTimeMills: null } });
  await it.ready();
  expect(await setting('shortPollingTimeMills')).toEqual(['1000', '1000']);
  expect(await it.pods()).toEqual(before);
});

test('a restart key rolls one group after the other, and nothing acknowledged is lost', async () => {
  await it.admin((admin) => admin.putTopic({ topic: 'ledger', cluster: 'it' }));
  const before = await it.pods();
  const ledger = await it.world.ledger({ nameServers: it.nameServers, topic: 'ledger' });
  const fewest = fewestReady(() => it.world.list('pods'));
  await it.patch({ config: { flushConsumerOffsetInterval: '4000' } });
  await it.condition({ type: 'AvailabilityRisk', reason: 'SingleReplica' });
  await it.ready();
  expect(await fewest(), 'of two brokers and a name server').toBe(2);
  const report = await ledger.close();
  const after = await it.pods();
  for (const pod of ['it-0-0', 'it-1-0']) expect(after.get(pod)).not.toBe(before.get(pod));
  expect(after.get('it-nameserver-0')).toBe(before.get('it-nameserver-0'));
  expect(report).toMatchObject({ lost: [], refused: 0 });
  expect(Object.keys(report.groups).toSorted()).toEqual(['it-0', 'it-1']);
  expect(await setting('flushConsumerOffsetInterval')).toEqual(['4000', '4000']);
});

test('an image that does not exist stops at the first group, and reverting it repairs', async () => {
  const before = await it.pods();
  await it.patch({ image: 'absent:1' });
  await it.condition({ type: 'Stalled', reason: 'ImagePull' });
  await it.condition({ type: 'Paused', reason: 'RollFailed' });
  expect((await it.pods()).get('it-1-0')).toBe(before.get('it-1-0'));
  await it.patch({ image: null });
  await it.ready();
  expect((await it.pods()).get('it-1-0')).toBe(before.get('it-1-0'));
});

test('a key that brokers refuse is named, keeps its value, and the others are applied', async () => {
  const before = await it.pods();
  await it.patch({ config: { shortPolingTimeMills: '1', maxMsgsNumBatch: '65' } });
  await it.condition({
    type: 'Stalled',
    reason: 'InvalidConfig',
    message:
      'config.shortPolingTimeMills: "shortPolingTimeMills" is no option of the broker: did you mean "shortPollingTimeMills"?',
  });
  await expect.poll(() => setting('maxMsgsNumBatch'), { timeout: 30_000 }).toEqual(['65', '65']);
  await it.patch({ config: { shortPolingTimeMills: null, maxMsgsNumBatch: null } });
  await it.ready();
  expect(await it.pods()).toEqual(before);
});

test('a setting that somebody changes is set again, unless an annotation says not to', async () => {
  const change = () =>
    it.admin((admin) => admin.updateBrokerConfig(it.broker('it-0'), { maxMsgsNumBatch: '99' }));
  const look = (annotations: object) =>
    it.world.patch('brokersets', 'it', { metadata: { annotations } });
  await change();
  await look({ look: '1' });
  await expect.poll(() => setting('maxMsgsNumBatch'), { timeout: 30_000 }).toEqual(['64', '64']);
  await look({ 'gantrymq.io/unmanaged-config': 'maxMsgsNumBatch' });
  await it.ready();
  await change();
  await look({ look: '2' });
  await it.ready();
  expect(await setting('maxMsgsNumBatch')).toEqual(['99', '64']);
});

test('pod options that the API server refuses are told, and nothing that serves is touched', async () => {
  const before = await it.pods();
  await it.patch({
    pod: { affinity: { nodeAffinity: { nonsense: true } }, env: [{ value: 'x' }] },
  });
  await it.condition({ type: 'Stalled', reason: 'InvalidPodOptions' });
  await it.patch({ pod: null });
  await it.ready();
  expect(await it.pods()).toEqual(before);
});

test('nothing is changed while it is paused', async () => {
  const before = await it.pods();
  const annotate = (paused: string | null) =>
    it.world.patch('brokersets', 'it', {
      metadata: { annotations: { 'gantrymq.io/paused': paused } },
    });
  await annotate('true');
  await it.condition({ type: 'Paused', reason: 'ByAnnotation' });
  await it.patch({ config: { flushConsumerOffsetInterval: '3000' } });
  await it.until(
    ({ status, metadata }) => status?.['observedGeneration'] === metadata.generation,
    'the change is not seen',
  );
  expect(await it.pods()).toEqual(before);
  await annotate(null);
  await it.until((set) => hasCondition(set, { type: 'Paused', status: 'False' }), 'it is paused');
  await it.ready();
  expect((await it.pods()).get('it-0-0')).not.toBe(before.get('it-0-0'));
});
