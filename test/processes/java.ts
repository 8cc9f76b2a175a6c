/** Starts the Java servers, tools and clients of `test/java`. `test/java/install` comes first. */
import { fileURLToPath } from 'node:url';
import { type BrokerPlace, type BrokerProcess, ready } from './broker-process.ts';
import { Running } from './running.ts';

const PEER = fileURLToPath(new URL('../java/peer', import.meta.url));

interface Surroundings {
  /** Where clients and servers keep their logs and stores. */
  readonly folder: string;
  readonly nameServer?: string;
  readonly env?: Readonly<Record<string, string>>;
}

/** Any `peer` command; its process is the Java process. */
export function peer(
  command: readonly string[],
  { folder, nameServer, env }: Surroundings,
): Running {
  const servers = nameServer === undefined ? {} : { PEER_NAMESRV: nameServer };
  return new Running([PEER, ...command], { env: { PEER_RUN: folder, ...servers, ...env } });
}

export async function startJavaNameServer(address: string, folder: string): Promise<Running> {
  const server = peer(['namesrv', '--listen', address], { folder, env: { PEER_HEAP: '-Xmx128m' } });
  await server.seen(/boot success/);
  return server;
}

/** `store/` of the place is the broker's store: `peer` calls the server's folder by its name. */
export async function startJavaBroker(
  place: BrokerPlace,
  heap = '-Xmx512m',
): Promise<BrokerProcess> {
  const { address, folder, nameServer = '127.0.0.1:1', options = {} } = place;
  const pairs = Object.entries(options).map(([key, value]) => `${key}=${value}`);
  const paths = [
    `storePathRootDir=${folder}/store`,
    `storePathCommitLog=${folder}/store/commitlog`,
  ];
  const env = { PEER_HEAP: `${heap} -XX:MaxDirectMemorySize=1g` };
  const command = ['broker', '--listen', address, ...paths, ...pairs];
  const server = peer(command, { folder: `${folder}/java`, nameServer, env });
  await server.seen(/boot success/);
  return ready(server, place);
}
