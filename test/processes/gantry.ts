/** Starts `gantry` as a user would, from the checkout. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { type BrokerPlace, type BrokerProcess, ready } from './broker-process.ts';
import { Running, type RunOptions } from './running.ts';
import { Wire } from './wire.ts';

const GANTRY = fileURLToPath(new URL('../../bin/gantry', import.meta.url));

/** Any `gantry` command. */
export function gantry(command: readonly string[], options?: RunOptions): Running {
  return new Running([GANTRY, ...command], options);
}

export async function startNameServer(address: string, folder: string): Promise<Running> {
  const [host = '', port = ''] = address.split(':');
  const options = { bindAddress: host, listenPort: port, managementAddress: host };
  const server = gantry(['nameserver', '-c', optionFile(`${folder}/nameserver.conf`, options)]);
  (await Wire.connect(address))[Symbol.dispose]();
  return server;
}

/** The broker's process before it is known to be up: for starts that should fail. */
export function runBroker({
  address,
  folder,
  nameServer,
  options,
  env = {},
}: BrokerPlace): Running {
  const [host = '', port = ''] = address.split(':');
  const file = optionFile(`${folder}/broker.conf`, {
    brokerClusterName: 'DefaultCluster',
    brokerName: 'broker-a',
    brokerId: 0,
    ...(nameServer === undefined ? {} : { namesrvAddr: nameServer }),
    bindAddress: host,
    brokerIP1: host,
    listenPort: port,
    managementAddress: host,
    autoCreateTopicEnable: true,
    storePathRootDir: `${folder}/store`,
    storePathCommitLog: `${folder}/store/commitlog`,
    ...options,
  });
  return gantry(['broker', '-c', file], { env });
}

export function startBroker(place: BrokerPlace): Promise<BrokerProcess> {
  return ready(runBroker(place), place);
}

function optionFile(
  path: string,
  options: Readonly<Record<string, string | number | boolean>>,
): string {
  mkdirSync(path.slice(0, path.lastIndexOf('/')), { recursive: true });
  writeFileSync(
    path,
    Object.entries(options)
      .map(([key, value]) => `${key}=${value}\n`)
      .join(''),
  );
  return path;
}
