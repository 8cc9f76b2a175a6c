/** TCP by `node:net`. */
import { createServer, type Server, Socket } from 'node:net';
import type { Log } from '../log.ts';
import {
  type Address,
  type Connection,
  type ConnectionEvents,
  formatAddress,
  type Listener,
  type Network,
  NetworkError,
} from '../network.ts';
import { borrowedInput, readBorrowed } from './borrowed-input.ts';
import { NodeConnection } from './connection.ts';
import { networkError } from './network-errors.ts';

/** Connections the kernel completes before we accept them: a reconnect of many clients at once. */
const BACKLOG = 1024;

/** At most one warning of this kind in so long. */
const WARNING_MS = 10_000;

export function nodeNetwork(log: Log): Network {
  return { listen: (address, accept) => listen(address, accept, log), dial };
}

function listen(
  address: Address,
  accept: (connection: Connection) => ConnectionEvents,
  log: Log,
): Promise<Listener> {
  const server = createServer({ noDelay: true, pauseOnConnect: true }, (accepted) => {
    const socket = readBorrowed(accepted, (bytes) => connection.input(bytes));
    const connection = new NodeConnection(socket);
    connection.start(accept(connection));
  });
  return new Promise((resolve, reject) => {
    const refuse = (error: Error): void => {
      reject(networkError(`listen on ${formatAddress(address)}`, error));
    };
    server.once('error', refuse);
    server.listen({ host: address.host, port: address.port, backlog: BACKLOG }, () => {
      server.off('error', refuse);
      goOnAfterErrors(server, log);
      resolve(listenerOf(server, address.host));
    });
  });
}

/** Too many open files, mostly: the peer that was not accepted tries again, the others are served. */
function goOnAfterErrors(server: Server, log: Log): void {
  let quietUntilMs = -Infinity;
  server.on('error', (error) => {
    if (performance.now() < quietUntilMs) return;
    quietUntilMs = performance.now() + WARNING_MS;
    log.warn('Could not accept a connection', { error });
  });
}

function listenerOf(server: Server, host: string): Listener {
  const bound = server.address();
  const port = typeof bound === 'object' && bound !== null ? bound.port : 0;
  return {
    address: { host, port },
    close() {
      // The port is free at once; the server's own callback would wait for every connection.
      if (server.listening) server.close();
      return Promise.resolve();
    },
  };
}

function dial(address: Address, events: ConnectionEvents, timeoutMs: number): Promise<Connection> {
  const action = `connect to ${formatAddress(address)}`;
  return new Promise((resolve, reject) => {
    const socket = new Socket({
      noDelay: true,
      onread: borrowedInput((bytes) => connection?.input(bytes)),
    });
    let connection: NodeConnection | undefined;
    const fail = (error: Error): void => {
      clearTimeout(timer);
      socket.destroy();
      reject(error instanceof NetworkError ? error : networkError(action, error));
    };
    const timer = setTimeout(() => {
      fail(new NetworkError('TimedOut', `Cannot ${action}: no answer within ${timeoutMs} ms`));
    }, timeoutMs);
    socket.on('error', fail);
    socket.connect({ host: address.host, port: address.port }, () => {
      clearTimeout(timer);
      socket.off('error', fail);
      connection = new NodeConnection(socket);
      resolve(connection);
      connection.start(events);
    });
  });
}
