/**
 * Processes on paper: a machine that runs none. Each pod is a small server on the pod's address in
 * this process, that says what a broker or a name server with those files would say of itself:
 * settings, routes, who it is. Nothing is stored. For tests of hundreds of pods.
 *
 * A pod with the variable `PAPER=silent` accepts connections and never answers.
 */
import type { LocalProcess } from '../../../cli/local/local-process.ts';
import type { Exit, Machine } from '../../../cli/local/machine.ts';
import { formatAnswer, parseProperties } from '../../../config/mod.ts';
import {
  clusterInfo,
  kvTable,
  subscriptionGroupTable,
  topicConfigTable,
  topicList,
} from '../../../protocol/bodies/mod.ts';
import { brokerRequests, nameServerRequests } from '../../../protocol/mod.ts';
import {
  type Dispatcher,
  dispatcher,
  type Handlers,
  RemotingServer,
} from '../../../remoting/mod.ts';
import { assert, type Runtime } from '../../../runtime/mod.ts';
import { findPodAddress } from './pod-address.ts';

const SILENT: Dispatcher = { knows: () => true, dispatch: () => undefined };

/** One process. */
interface Paper {
  readonly role: string;
  /** Its address. */
  readonly host: string;
  readonly port: number;
  readonly settings: Map<string, string>;
  readonly isSilent: boolean;
  isListening: boolean;
}

/** For all namespaces, for pods are told apart by their addresses. `seed` tells these. */
export function paperMachine(runtime: Runtime, seed: string): Machine {
  const papers = new Map<string, Paper>();
  let started = 0;
  return {
    clock: runtime.clock,
    start: (process, onExit) => {
      started++;
      const paper = paperOf(process);
      assert(!papers.has(paper.host), 'one process at an address');
      papers.set(paper.host, paper);
      const listening = listen(runtime, paper, dispatcherOf(runtime, paper, { papers, seed }));
      const end = async (exit: Exit): Promise<void> => {
        const server = await listening;
        await server.close();
        papers.delete(paper.host);
        onExit(exit);
      };
      let isEnding = false;
      return {
        identity: { pid: 0, started: String(started) },
        logBefore: 0,
        kill: (signal) => {
          if (isEnding) return;
          isEnding = true;
          void end({ code: signal === 'SIGTERM' ? 0 : null, signal });
        },
      };
    },
    probe: ({ host }) => Promise.resolve(papers.get(host)?.isListening === true),
    empty: () => undefined,
  };
}

function paperOf({ role, host, port, files, env }: LocalProcess): Paper {
  const entries = files.flatMap(({ text }) => parseProperties(text).entries);
  const settings = new Map(entries.map(({ key, value }) => [key, value]));
  return { role, host, port, settings, isSilent: env['PAPER'] === 'silent', isListening: false };
}

async function listen(
  runtime: Runtime,
  paper: Paper,
  serving: Dispatcher,
): Promise<RemotingServer> {
  const { host, port } = paper;
  const options = { address: { host, port } };
  const server = await RemotingServer.listen(runtime, options, { dispatcher: serving });
  paper.isListening = true;
  return server;
}

/** All there are: what a name server would have heard of. */
interface Surroundings {
  readonly papers: ReadonlyMap<string, Paper>;
  readonly seed: string;
}

function dispatcherOf(runtime: Runtime, paper: Paper, around: Surroundings): Dispatcher {
  if (paper.isSilent) return SILENT;
  return paper.role === 'broker'
    ? dispatcher(runtime, brokerRequests, brokerHandlers(paper))
    : dispatcher(runtime, nameServerRequests, nameServerHandlers(paper, around));
}

function brokerHandlers({ settings }: Paper): Partial<Handlers<typeof brokerRequests>> {
  return {
    GET_BROKER_CONFIG: () => showSettings(new Map([['brokerId', '0'], ...settings])),
    UPDATE_BROKER_CONFIG: ({ body }) => changeSettings(settings, body),
    GET_BROKER_RUNTIME_INFO: () => ({
      body: kvTable.encode({
        table: new Map([
          ['commitLogMinOffset', '0'],
          ['commitLogMaxOffset', '0'],
        ]),
      }),
    }),
    GET_SYSTEM_TOPIC_LIST_FROM_BROKER: () => ({ body: topicList.encode({ topicList: [] }) }),
    GET_ALL_TOPIC_CONFIG: () => ({
      body: topicConfigTable.encode(topicConfigTable.fallback()),
    }),
    GET_ALL_SUBSCRIPTIONGROUP_CONFIG: () => ({
      body: subscriptionGroupTable.encode(subscriptionGroupTable.fallback()),
    }),
  };
}

function nameServerHandlers(
  own: Paper,
  { papers, seed }: Surroundings,
): Partial<Handlers<typeof nameServerRequests>> {
  const isRegistered = ({ role, isListening, isSilent, settings }: Paper): boolean => {
    const hosts = (settings.get('namesrvAddr') ?? '').split(';').map((at) => at.split(':')[0]);
    const isHere = hosts.some((host = '') => (findPodAddress(seed, host) ?? host) === own.host);
    return role === 'broker' && isListening && !isSilent && isHere;
  };
  return {
    GET_NAMESRV_CONFIG: () => showSettings(own.settings),
    UPDATE_NAMESRV_CONFIG: ({ body }) => changeSettings(own.settings, body),
    GET_BROKER_CLUSTER_INFO: () => {
      const brokers = [...papers.values()].filter(isRegistered).map(({ settings, host, port }) => ({
        brokerName: settings.get('brokerName') ?? '',
        cluster: settings.get('brokerClusterName') ?? '',
        brokerAddrs: new Map([[0, `${host}:${port}`]]),
        enableActingMaster: false,
      }));
      const clusters = Map.groupBy(brokers, ({ cluster }) => cluster);
      const names = [...clusters].map(([cluster, members]) => {
        return [cluster, members.map(({ brokerName }) => brokerName)] as const;
      });
      return {
        body: clusterInfo.encode({
          brokerAddrTable: new Map(brokers.map((broker) => [broker.brokerName, broker])),
          clusterAddrTable: new Map(names),
        }),
      };
    },
  };
}

function showSettings(settings: ReadonlyMap<string, string>): { body: Buffer } {
  return { body: Buffer.from(formatAnswer([...settings])) };
}

function changeSettings(settings: Map<string, string>, body: Buffer): object {
  for (const { key, value } of parseProperties(body.toString()).entries) settings.set(key, value);
  return {};
}
