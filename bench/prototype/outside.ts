/**
 * The world of the prototype, called once a read or once a turn and never per message: straight on
 * `node:net` and `node:fs`, or through our `Runtime`. The difference between the two is what the
 * seam costs.
 */
import { closeSync, fdatasync, mkdirSync, openSync, writeSync } from 'node:fs';
import { createServer, Socket } from 'node:net';
import { nodeRuntime } from '../../runtime/node/mod.ts';

export interface Peer {
  /** True when the bytes have left and the buffer may be used again. */
  write(bytes: Buffer): boolean;
}

export interface LogFile {
  write(bytes: Buffer, position: number): void;
  sync(done: () => void): void;
}

export interface Outside {
  listen(host: string, port: number, accept: (peer: Peer) => (bytes: Buffer) => void): void;
  open(folder: string, name: string): LogFile;
  endOfTurn(run: () => void): void;
  every(periodMs: number, run: () => void): void;
  wallMs(): number;
}

const READ_BYTES = 1 << 18;

/** Undocumented, and so kept to `runtime/node` in the product: the handle below a socket. */
interface HandleHolder {
  _handle: unknown;
}

export const directly: Outside = {
  listen(host, port, accept) {
    const buffer = Buffer.allocUnsafeSlow(READ_BYTES);
    createServer({ noDelay: true, pauseOnConnect: true }, (accepted) => {
      const holder = accepted as unknown as HandleHolder;
      const onread = {
        buffer,
        callback: (bytes: number) => {
          take(buffer.subarray(0, bytes));
          return true;
        },
      };
      const socket = new Socket({ handle: holder._handle, onread } as object);
      holder._handle = null;
      const take = accept({
        write(bytes) {
          socket.write(bytes);
          return socket.writableLength === 0;
        },
      });
      socket.on('end', () => socket.destroy()).on('error', () => socket.destroy());
      socket.resume();
      socket.read(0);
    }).listen(port, host);
  },
  open(folder, name) {
    mkdirSync(folder, { recursive: true });
    const file = openSync(`${folder}/${name}`, 'w+');
    process.on('exit', () => closeSync(file));
    return {
      write: (bytes, position) => {
        writeSync(file, bytes, 0, bytes.length, position);
      },
      sync: (done) => fdatasync(file, done),
    };
  },
  endOfTurn: (run) => {
    setImmediate(run);
  },
  every: (periodMs, run) => {
    setInterval(run, periodMs);
  },
  wallMs: () => Date.now(),
};

export function throughRuntime(): Outside {
  const { clock, network, disk } = nodeRuntime();
  return {
    listen(host, port, accept) {
      const listening = network.listen({ host, port }, (connection) => {
        const onData = accept(connection);
        return { onData, onDrain: () => undefined, onClose: () => undefined };
      });
      void listening;
    },
    open(folder, name) {
      disk.makeFolder(folder);
      return disk.open(`${folder}/${name}`, 'create');
    },
    endOfTurn: (run) => clock.endOfTurn(run),
    every: (periodMs, run) => {
      clock.every(periodMs, run);
    },
    wallMs: () => clock.wallMs(),
  };
}
