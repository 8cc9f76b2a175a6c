import { beforeEach, describe, expect, test } from 'vitest';
import { flag, integer, type Schema, text } from '../../config/mod.ts';
import { KubeContext } from '../../test/fakes/kube-context.ts';
import { playSet } from '../../test/fakes/played-sets.ts';
import type { Settings } from '../access/mod.ts';
import { API_VERSION } from '../api/metadata.ts';
import type { NameServerStatus } from '../api/status/name-server.ts';
import { keyTable } from '../config/key-table.ts';
import { KubeError, type KubeObject, resources } from '../kube/mod.ts';
import { nameServerReconciler } from './reconciler.ts';

const options = {
  kvConfigPath: text({ fallback: '', doc: '' }),
  enableAllTopicList: flag({ fallback: true, live: true, doc: '' }),
  scanNotActiveBrokerInterval: integer({ fallback: 5000, min: 10, max: 60_000, doc: '' }),
};
const schema: Schema<typeof options> = {
  role: 'nameserver',
  options,
  elsewhere: { ignored: [], refused: {} },
};
const reconciler = nameServerReconciler(keyTable(schema));

const SET = 'it-nameserver';
let kube: KubeContext;
let settings: Map<string, Settings>;

const access = {
  nameServerConfig: (address: string) => Promise.resolve(settings.get(address)),
  updateNameServerConfig: (address: string, changes: Settings) => {
    settings.set(address, { ...settings.get(address), ...changes });
    return Promise.resolve('done' as const);
  },
};

const put = (spec: object = {}): void => {
  kube.put({
    apiVersion: API_VERSION,
    kind: 'NameServer',
    metadata: { name: 'it' },
    spec,
  } as never);
};

const look = async (): Promise<NameServerStatus> => {
  const object = kube.find(resources.nameServers, 'it');
  await reconciler.reconcile(object as never, kube.context);
  return kube.find<KubeObject & { status: NameServerStatus }>(resources.nameServers, 'it')
    ?.status as NameServerStatus;
};

const serve = async (): Promise<NameServerStatus> => {
  await look();
  playSet(kube, SET);
  await look();
  return look();
};

const conditionOf = ({ conditions = [] }: NameServerStatus, type: string) =>
  conditions.find((condition) => condition.type === type);

beforeEach(() => {
  kube = new KubeContext(access);
  const shown = { enableAllTopicList: 'true' };
  settings = new Map([
    ['10.0.0.1:9876', shown],
    ['10.0.0.2:9876', shown],
  ]);
});

describe('name servers', () => {
  test('are ready when all of them answer, and then nothing more is written', async () => {
    put();
    expect((await look()).phase).toBe('Creating');
    const status = await serve();
    expect(status).toMatchObject({ phase: 'Ready', readyReplicas: 2, updatedReplicas: 2 });
    expect(status.addresses).toEqual([
      'it-nameserver-0.it-nameserver-headless.shop.svc:9876',
      'it-nameserver-1.it-nameserver-headless.shop.svc:9876',
    ]);
    expect(conditionOf(status, 'ConfigApplied')?.status).toBe('True');
    const before = kube.writes.length;
    await look();
    expect(kube.writes.slice(before)).toEqual([]);
  });

  test('are told what changes as they run', async () => {
    put();
    await serve();
    put({ config: { enableAllTopicList: 'false' } });
    await look();
    expect([...settings.values()]).toEqual([
      { enableAllTopicList: 'false' },
      { enableAllTopicList: 'false' },
    ]);
  });

  test('are replaced one at a time, the first only while another one answers', async () => {
    put();
    await serve();
    put({ config: { scanNotActiveBrokerInterval: '4000' } });
    settings.delete('10.0.0.2:9876');
    await look();
    playSet(kube, SET);
    const held = await look();
    expect(conditionOf(held, 'Reconciling')?.message).toContain('OtherNameServersHealthy');
    expect(kube.find(resources.pods, `${SET}-0`)).toBeDefined();

    settings.set('10.0.0.2:9876', { enableAllTopicList: 'true' });
    const rolling = await look();
    expect(kube.find(resources.pods, `${SET}-0`)).toBeUndefined();
    expect(kube.find(resources.pods, `${SET}-1`)).toBeDefined();
    expect(rolling.operation).toMatchObject({ kind: 'Roll', pod: `${SET}-0` });
    await look();
    expect(kube.find(resources.pods, `${SET}-1`)).toBeDefined();
  });

  test('grow with their claims, and their set is made anew around them', async () => {
    put();
    await serve();
    const set = kube.find(resources.statefulSets, SET);
    put({ storage: { size: '2Gi' } });
    // Each claim, then the note, then the set.
    for (let round = 0; round < 5; round++) {
      await look();
      for (const ordinal of [0, 1]) grown(`data-${SET}-${ordinal}`);
    }
    expect(kube.find(resources.statefulSets, SET)?.metadata.uid).not.toBe(set?.metadata.uid);
    expect(kube.find(resources.pods, `${SET}-0`)).toBeDefined();
  });

  test('say what is wrong with their spec, a key of it, or their pods', async () => {
    put({ replicas: 99 });
    expect(conditionOf(await look(), 'Stalled')?.reason).toBe('InvalidSpec');
    put({ config: { scanNotActiveBrokerInterval: 'often' } });
    expect(conditionOf(await look(), 'Stalled')).toMatchObject({
      reason: 'InvalidConfig',
      message: expect.stringContaining('config.scanNotActiveBrokerInterval'),
    });
    const error = new KubeError('spec.template: Invalid', { status: 422, reason: 'Invalid' });
    kube.refusal = { plural: 'statefulsets', error };
    put({ pod: { env: [{ value: 'nameless' }] } });
    expect(conditionOf(await look(), 'Stalled')?.reason).toBe('InvalidPodOptions');
  });
});

/** As a driver grows a volume: at once. */
function grown(name: string): void {
  const claim = kube.find<KubeObject & { spec: { resources: { requests: object } } }>(
    resources.claims,
    name,
  );
  const status = { phase: 'Bound', capacity: claim?.spec.resources.requests };
  kube.put({ ...claim, status } as never);
}
