/**
 * Which name servers a command asks: those it was told, those of the environment, those of the
 * local cluster that runs here, or one on this machine.
 */

import { resolve } from 'node:path';
import { parseAddress } from '../../runtime/mod.ts';
import { CommandError } from '../command-error.ts';
import { DEFAULT_NAME_SERVER } from '../default-name-server.ts';
import { calledAs } from '../hint.ts';
import { clustersOf, requireCluster, type StateFolder } from '../local/state-folder.ts';

export interface NameServerOptions {
  readonly nameserver?: string | undefined;
  /** A local cluster. */
  readonly name?: string | undefined;
  readonly state: string;
}

export interface NameServerChoice {
  readonly addresses: readonly string[];
  /** Where they come from and what to do when they do not answer. */
  readonly remedy: string;
}

export function chooseNameServers(
  { nameserver, name, state }: NameServerOptions,
  environment: Readonly<Record<string, string | undefined>>,
): NameServerChoice {
  if (nameserver !== undefined) {
    const remedy =
      'The name server was given with --nameserver: is it up, and is that its address?';
    return { addresses: addressesOf(nameserver, '--nameserver'), remedy };
  }
  const gantry = calledAs(environment);
  if (name !== undefined) return ofCluster(requireCluster(state, name), gantry);
  const given = environment['NAMESRV_ADDR'];
  if (given !== undefined && given.trim() !== '') {
    const remedy =
      'The name server comes from NAMESRV_ADDR in the environment: -n HOST:PORT overrules it';
    return { addresses: addressesOf(given, 'NAMESRV_ADDR'), remedy };
  }
  const running = runningClusters(state);
  const [only] = running;
  if (only === undefined) {
    const remedy = `That is where one is looked for without --nameserver, NAMESRV_ADDR and a local cluster that runs in ${resolve(state)}: \`${gantry} up -f FILE\` starts one`;
    return { addresses: [DEFAULT_NAME_SERVER], remedy };
  }
  if (running.length === 1) return ofCluster(only, gantry);
  const names = running.map(({ cluster }) => cluster);
  const message = `Several local clusters run: say which with --name ${names.join(', --name ')}, or -n HOST:PORT`;
  throw new CommandError('Usage', message);
}

function ofCluster(folder: StateFolder, gantry: string): NameServerChoice {
  const { cluster } = folder;
  return {
    addresses: folder.findDesired()?.nameServers ?? [],
    remedy: `The name server is of the local cluster ${cluster}: \`${gantry} status --name ${cluster}\` shows how it is`,
  };
}

/** Those with a supervisor, or whose supervisor was killed. */
function runningClusters(state: string): StateFolder[] {
  return clustersOf(state).filter((folder) => folder.findRunning() !== undefined);
}

/** A semicolon as RocketMQ has it, or what a shell needs no quotes for. */
function addressesOf(text: string, where: string): string[] {
  const addresses = text.split(/[;,\s]+/).filter((part) => part !== '');
  const wrong = addresses.find((address) => (parseAddress(address)?.port ?? 0) === 0);
  if (addresses.length > 0 && wrong === undefined) return addresses;
  const message = `${where} is "${text}", expected host:port or several with commas between`;
  throw new CommandError('Usage', message);
}
