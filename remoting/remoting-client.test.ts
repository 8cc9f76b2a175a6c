import { describe, expect, test } from 'vitest';
import { type Command, Failure, nameServerRequests } from '../protocol/mod.ts';
import { NetworkError, type Runtime, sleep } from '../runtime/mod.ts';
import { Simulation, simulated } from '../simulation/mod.ts';
import { dispatcher } from './dispatcher.ts';
import type { Handlers } from './handler.ts';
import { completed } from './outgoing.ts';
import { RemoteRefusal } from './remote-refusal.ts';
import { RemotingClient } from './remoting-client.ts';
import { RemotingServer } from './server.ts';

type Table = typeof nameServerRequests;

const { GET_KV_CONFIG, GET_BROKER_CLUSTER_INFO } = nameServerRequests;
const ADDRESS = '127.0.0.1:9876';
const header = { namespace: 'n', key: 'k' };

function listen(runtime: Runtime, handlers: Partial<Handlers<Table>>): Promise<RemotingServer> {
  const address = { host: '0.0.0.0', port: 9876 };
  const table = dispatcher(runtime, nameServerRequests, handlers);
  return RemotingServer.listen(runtime, { address }, { dispatcher: table });
}

const echo: Partial<Handlers<Table>> = {
  GET_KV_CONFIG: ({ header: { key } }) => ({ header: { value: key } }),
  GET_BROKER_CLUSTER_INFO: ({ body }) => ({ body }),
};

describe('RemotingClient', () => {
  test('matches answers to calls whatever their order, on one connection', () =>
    simulated(1, async (runtime) => {
      const server = await listen(runtime, {
        GET_KV_CONFIG: async ({ header: { key } }) => {
          await sleep(runtime.clock, 100 - Number(key));
          return { header: { value: key } };
        },
      });
      await using client = new RemotingClient(runtime);
      const keys = Array.from({ length: 50 }, (_item, index) => String(index));
      const replies = await Promise.all(
        keys.map((key) => client.request(ADDRESS, GET_KV_CONFIG, { header: { ...header, key } })),
      );
      expect(replies.map((reply) => reply.header.value)).toEqual(keys);
      expect(server.counts.connectionsAccepted).toBe(1);
    }));

  test('carries bodies of any size whole, in both directions', () =>
    simulated(2, async (runtime) => {
      await listen(runtime, echo);
      await using client = new RemotingClient(runtime, { callTimeoutMs: 60_000 });
      for (const size of [0, 1, 70_000, 5_000_000]) {
        const body = runtime.random.bytes(Math.min(size, 1000));
        const whole = Buffer.alloc(size, body);
        const reply = await client.request(ADDRESS, GET_BROKER_CLUSTER_INFO, {
          header: {},
          body: whole,
        });
        expect(reply.body.equals(whole)).toBe(true);
      }
    }));

  test('a refusal says what could not be done, by whom and why', () =>
    simulated(3, async (runtime) => {
      await listen(runtime, {
        GET_KV_CONFIG: () => {
          throw new Failure('NotFound', 'no such key');
        },
      });
      await using client = new RemotingClient(runtime);
      const refused = client.request(ADDRESS, GET_KV_CONFIG, { header, what: 'read "k"' });
      await expect(refused).rejects.toThrow(
        `Cannot read "k" at ${ADDRESS}: QUERY_NOT_FOUND (22) no such key`,
      );
      await expect(refused).rejects.toBeInstanceOf(RemoteRefusal);
      const outcome = await client.request(ADDRESS, GET_KV_CONFIG, { header, outcomes: [22] });
      expect(outcome).toMatchObject({ code: 22, remark: 'no such key', header: {} });
    }));

  test('fails when nobody listens, and works once somebody does', () =>
    simulated(4, async (runtime) => {
      await using client = new RemotingClient(runtime);
      const early = client.request(ADDRESS, GET_KV_CONFIG, { header });
      await expect(early).rejects.toMatchObject({ name: 'NetworkError', code: 'Refused' });
      await listen(runtime, echo);
      await expect(client.request(ADDRESS, GET_KV_CONFIG, { header })).resolves.toMatchObject({
        header: { value: 'k' },
      });
    }));

  test('calls that share a dial wait each their own time for it', () =>
    simulated(12, async (runtime) => {
      await listen(runtime, echo);
      const { network } = runtime;
      const slow: Runtime = {
        ...runtime,
        network: {
          listen: (...args) => network.listen(...args),
          dial: async (address, events, timeoutMs) => {
            expect(timeoutMs).toBe(3000);
            await sleep(runtime.clock, 500);
            return network.dial(address, events, timeoutMs);
          },
        },
      };
      await using client = new RemotingClient(slow);
      const call = (timeoutMs: number) =>
        client.request(ADDRESS, GET_KV_CONFIG, { header, timeoutMs });
      const hurried = call(100).catch((error: unknown) => error);
      const patient = call(2000);
      const startMs = runtime.clock.monotonicMs();
      expect(await hurried).toMatchObject({ name: 'NetworkError', code: 'TimedOut' });
      expect(runtime.clock.monotonicMs() - startMs).toBeLessThan(150);
      expect((await patient).header).toEqual({ value: 'k' });
    }));

  test('dials again after its connection broke; what was waiting fails', () =>
    simulated(5, async (runtime, simulation) => {
      const server = await listen(runtime, {
        ...echo,
        GET_BROKER_CLUSTER_INFO: () => sleep(runtime.clock, 60_000).then(() => ({})),
      });
      await using client = new RemotingClient(runtime);
      await client.request(ADDRESS, GET_KV_CONFIG, { header });
      const waiting = client.request(ADDRESS, GET_BROKER_CLUSTER_INFO, { header: {} });
      const failed = waiting.catch((error: unknown) => error);
      await sleep(runtime.clock, 10);
      simulation.network.resetAny();
      expect(await failed).toMatchObject({ code: 'Reset' });
      await client.request(ADDRESS, GET_KV_CONFIG, { header });
      expect(server.counts.connectionsAccepted).toBe(2);
    }));

  test('gives up at the time limit, and gives up the connection when the peer was silent', () =>
    simulated(6, async (runtime) => {
      const server = await listen(runtime, {
        ...echo,
        GET_BROKER_CLUSTER_INFO: () => sleep(runtime.clock, 60_000).then(() => ({})),
      });
      await using client = new RemotingClient(runtime, { callTimeoutMs: 200 });
      const slow = client.request(ADDRESS, GET_BROKER_CLUSTER_INFO, { header: {} });
      await client.request(ADDRESS, GET_KV_CONFIG, { header });
      await expect(slow).rejects.toMatchObject({ code: 'TimedOut' });
      // Another answer came meanwhile: the peer lives.
      expect(client.connected).toEqual([ADDRESS]);
      const silent = client.request(ADDRESS, GET_BROKER_CLUSTER_INFO, { header: {} });
      await expect(silent).rejects.toMatchObject({ code: 'TimedOut' });
      await client.request(ADDRESS, GET_KV_CONFIG, { header });
      expect(server.counts.connectionsAccepted).toBe(2);
    }));

  test('notices a host that vanished without a word', async () => {
    const simulation = new Simulation(7);
    const host = simulation.host('server');
    host.start(async (runtime) => void (await listen(runtime, echo)));
    const client = new RemotingClient(simulation.host('client').boot(), { callTimeoutMs: 500 });
    const ask = () => client.request('server:9876', GET_KV_CONFIG, { header });
    await simulation.settle(ask());
    host.crash();
    await expect(simulation.settle(ask())).rejects.toBeInstanceOf(NetworkError);
    host.restart();
    await simulation.run(1000);
    await expect(simulation.settle(ask())).resolves.toMatchObject({ code: 0 });
  });

  test('an aborted call ends at once with the reason, and its late answer harms nobody', () =>
    simulated(8, async (runtime) => {
      await listen(runtime, {
        ...echo,
        GET_BROKER_CLUSTER_INFO: () => sleep(runtime.clock, 50).then(() => ({})),
      });
      await using client = new RemotingClient(runtime);
      const abort = new AbortController();
      const request = { header: {}, signal: abort.signal };
      const call = client.request(ADDRESS, GET_BROKER_CLUSTER_INFO, request);
      const failed = call.catch((error: unknown) => error);
      await sleep(runtime.clock, 10);
      abort.abort(new Error('enough'));
      expect(await failed).toBe(abort.signal.reason);
      await sleep(runtime.clock, 200);
      await client.request(ADDRESS, GET_KV_CONFIG, { header });
      await expect(client.request(ADDRESS, GET_BROKER_CLUSTER_INFO, request)).rejects.toThrow(
        'enough',
      );
    }));

  test('hands on what a server asks and sends the answer back', () =>
    simulated(9, async (runtime) => {
      const server = await listen(runtime, echo);
      const pushed: Command[] = [];
      await using client = new RemotingClient(runtime, {
        onRequest: (command, connection) => {
          pushed.push(command);
          connection.send(completed({ code: 0, remark: 'done' }, command.opaque, 1));
        },
      });
      await client.request(ADDRESS, GET_KV_CONFIG, { header });
      const [connection] = server.connections;
      const answer = await connection?.call({ code: 307, fields: { clientId: 'c' } }, 1000);
      expect(answer).toMatchObject({ remark: 'done' });
      expect(pushed).toMatchObject([{ code: 307, fields: { clientId: 'c' } }]);
    }));

  test('closes idle connections and opens them again when needed', () =>
    simulated(10, async (runtime) => {
      const server = await listen(runtime, echo);
      await using client = new RemotingClient(runtime, { idleMs: 1000 });
      await client.request(ADDRESS, GET_KV_CONFIG, { header });
      await sleep(runtime.clock, 2000);
      expect(client.connected).toEqual([]);
      await client.request(ADDRESS, GET_KV_CONFIG, { header });
      expect(server.counts.connectionsAccepted).toBe(2);
    }));

  test('after closing, calls fail and nothing is left open', () =>
    simulated(11, async (runtime) => {
      const server = await listen(runtime, echo);
      const client = new RemotingClient(runtime);
      await client.request(ADDRESS, GET_KV_CONFIG, { header });
      await client.notify(ADDRESS, { code: GET_BROKER_CLUSTER_INFO.code });
      await client.close();
      await expect(client.request(ADDRESS, GET_KV_CONFIG, { header })).rejects.toMatchObject({
        code: 'Reset',
      });
      await sleep(runtime.clock, 1000);
      expect(server.connections.size).toBe(0);
    }));

  test('refuses an address that is none', () =>
    simulated(12, async (runtime) => {
      await using client = new RemotingClient(runtime);
      await expect(client.call('nowhere', { code: 1 })).rejects.toThrow('expected host:port');
    }));
});
