/** Which brokers a command is for: one by name or address, those of a cluster, or all there are. */
import type { Admin } from '../../client/mod.ts';
import { CommandError } from '../command-error.ts';

export interface BrokerOptions {
  /** A name, or host:port. */
  readonly broker?: string | undefined;
  readonly cluster?: string | undefined;
}

/** One process of a broker. */
export interface BrokerProcess {
  readonly cluster: string;
  readonly brokerName: string;
  /** 0 is the master. */
  readonly brokerId: number;
  /** host:port */
  readonly address: string;
}

/** Sorted by name and id; at least one. */
export async function requireBrokers(
  admin: Pick<Admin, 'clusterInfo'>,
  { broker, cluster }: BrokerOptions,
): Promise<BrokerProcess[]> {
  const { brokers, clusters } = await admin.clusterInfo();
  const all = [...brokers.values()].flatMap(({ brokerName, cluster: of, addresses }) =>
    Array.from(addresses, ([brokerId, address]) => ({
      cluster: of,
      brokerName,
      brokerId,
      address,
    })),
  );
  const chosen = all.filter((process) => {
    const isCluster = cluster === undefined || process.cluster === cluster;
    const isBroker =
      broker === undefined || process.brokerName === broker || process.address === broker;
    return isCluster && isBroker;
  });
  if (chosen.length > 0) return chosen.toSorted(compareProcesses);
  if (cluster !== undefined && !clusters.has(cluster)) {
    throw notThere(`cluster "${cluster}"`, 'clusters are', [...clusters.keys()]);
  }
  throw notThere(broker === undefined ? 'broker' : `broker "${broker}"`, 'brokers are', [
    ...brokers.keys(),
  ]);
}

/** As `requireBrokers`, masters alone, and of one cluster: it must be said which when there are several. */
export async function requireMasters(
  admin: Pick<Admin, 'clusterInfo'>,
  options: BrokerOptions,
): Promise<BrokerProcess[]> {
  const masters = (await requireBrokers(admin, options)).filter(({ brokerId }) => brokerId === 0);
  const clusters = [...new Set(masters.map(({ cluster }) => cluster))];
  if (masters.length === 0) {
    const message = 'No master is there now: `cluster list` shows which brokers are';
    throw new CommandError('NotFound', message);
  }
  if (clusters.length > 1) {
    const message = `There are several clusters: say --cluster ${clusters.join(', --cluster ')}`;
    throw new CommandError('Usage', message);
  }
  return masters;
}

function compareProcesses(left: BrokerProcess, right: BrokerProcess): number {
  return left.brokerName.localeCompare(right.brokerName) || left.brokerId - right.brokerId;
}

function notThere(what: string, those: string, known: readonly string[]): CommandError {
  return new CommandError(
    'NotFound',
    `There is no ${what}: ${those} ${known.join(', ') || 'none now'}`,
  );
}
