/** `gantry admin cluster list` and `gantry admin broker config get|set`. */
import { Admin, type BrokerStatus } from '../../client/mod.ts';
import { CommandError } from '../command-error.ts';
import { type BrokerOptions, type BrokerProcess, requireBrokers } from './broker-choice.ts';
import type { Invocation } from './invocation.ts';
import { rowsText } from './rows.ts';

interface BrokerRow {
  readonly cluster: string;
  readonly brokerName: string;
  readonly brokerId: number;
  readonly address: string;
  readonly version: string | null;
  readonly inPerSecond: number | null;
  readonly outPerSecond: number | null;
  /** Of the disk that holds the log, 0 to 1. */
  readonly diskUsedRatio: number | null;
  readonly state: string;
}

export async function listCluster(invocation: Invocation): Promise<void> {
  const { runtime, nameServers, form } = invocation;
  invocation.wait(`Asking ${nameServers.join(', ')}`);
  await using admin = Admin.start(runtime, { nameServers });
  const rows = (await admin.brokers()).map(brokerRow);
  if (rows.length === 0) invocation.note('No broker has registered');
  const text = rowsText(form, rows, {
    CLUSTER: ({ cluster }) => cluster,
    BROKER: ({ brokerName }) => brokerName,
    ID: ({ brokerId }) => String(brokerId),
    ADDRESS: ({ address }) => address,
    VERSION: ({ version }) => version ?? '-',
    'IN/S': ({ inPerSecond }) => inPerSecond?.toFixed(1) ?? '-',
    'OUT/S': ({ outPerSecond }) => outPerSecond?.toFixed(1) ?? '-',
    DISK: ({ diskUsedRatio }) => {
      return diskUsedRatio === null ? '-' : `${Math.round(diskUsedRatio * 100)} %`;
    },
    STATE: ({ state }) => state,
  });
  invocation.print(text);
}

function brokerRow(status: BrokerStatus): BrokerRow {
  const { cluster, brokerName, brokerId, address, runtimeInfo, error } = status;
  const rate = (...keys: readonly string[]): number | null => {
    // Over the last ten seconds; minutes follow.
    const text = keys.map((key) => runtimeInfo?.get(key)).find((value) => value !== undefined);
    return numberOrNull(text?.trim().split(' ')[0]);
  };
  return {
    cluster,
    brokerName,
    brokerId,
    address,
    version: runtimeInfo?.get('brokerVersionDesc') ?? null,
    inPerSecond: rate('putTps'),
    outPerSecond: rate('getTransferredTps', 'getTransferedTps'),
    diskUsedRatio: numberOrNull(runtimeInfo?.get('commitLogDiskRatio')),
    state: error?.message ?? (runtimeInfo?.get('brokerActive') === 'false' ? 'read only' : 'ready'),
  };
}

function numberOrNull(text: string | undefined): number | null {
  const value = Number(text);
  return text === undefined || Number.isNaN(value) ? null : value;
}

interface BrokerSettings extends Omit<BrokerProcess, 'cluster'> {
  readonly config: Readonly<Record<string, string>>;
}

/** Settings of brokers: those with the names of `keys`, all when there are none. */
export async function showConfig(
  invocation: Invocation,
  keys: readonly string[],
  options: BrokerOptions,
): Promise<void> {
  const { runtime, nameServers, form } = invocation;
  invocation.wait(`Asking ${nameServers.join(', ')}`);
  await using admin = Admin.start(runtime, { nameServers });
  const brokers: BrokerSettings[] = [];
  for (const { brokerName, brokerId, address } of await requireBrokers(admin, options)) {
    invocation.wait(`Asking ${address}`);
    const settings = [...(await admin.brokerConfig(address))].toSorted(byKey);
    const chosen = settings.filter(([key]) => keys.length === 0 || keys.includes(key));
    brokers.push({ brokerName, brokerId, address, config: Object.fromEntries(chosen) });
  }
  const unknown = keys.filter((key) => !brokers.some(({ config }) => Object.hasOwn(config, key)));
  if (unknown.length > 0) {
    const message = `No broker here has a setting ${unknown.join(', ')}: without names, all are shown`;
    throw new CommandError('NotFound', message);
  }
  if (form === 'json') {
    invocation.print(rowsText('json', brokers, {}));
    return;
  }
  const rows = brokers.flatMap(({ config, ...broker }) => {
    return Object.entries(config).map(([key, value]) => ({ ...broker, key, value }));
  });
  const text = rowsText(form, rows, {
    BROKER: ({ brokerName, brokerId }) => `${brokerName}:${brokerId}`,
    SETTING: ({ key }) => key,
    VALUE: ({ value }) => value,
  });
  invocation.print(text);
}

/** Changes settings of every process that `options` choose, one after the other. */
export async function changeConfig(
  invocation: Invocation,
  changes: Readonly<Record<string, string>>,
  options: BrokerOptions,
): Promise<void> {
  if (options.broker === undefined && options.cluster === undefined) {
    throw new CommandError(
      'Usage',
      'Say whose settings to change: --broker NAME or --cluster NAME',
    );
  }
  const { runtime, nameServers, form } = invocation;
  invocation.wait(`Asking ${nameServers.join(', ')}`);
  await using admin = Admin.start(runtime, { nameServers });
  const changed = [];
  for (const { brokerName, brokerId, address } of await requireBrokers(admin, options)) {
    invocation.wait(`Changing ${address}`);
    await admin.updateBrokerConfig(address, changes);
    changed.push({ brokerName, brokerId, address, changes });
    if (form === 'table') {
      const text = Object.entries(changes).map(([key, value]) => `${key}=${value}`);
      invocation.print(`${brokerName}:${brokerId} has ${text.join(', ')} now`);
    }
  }
  if (form === 'json') invocation.print(rowsText('json', changed, {}));
}

function byKey([left]: readonly [string, string], [right]: readonly [string, string]): number {
  return left < right ? -1 : 1;
}
