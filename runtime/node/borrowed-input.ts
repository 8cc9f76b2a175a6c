/**
 * Reading all sockets into one buffer, without a stream chunk per read.
 *
 * `onread` is an option of sockets that dial; an accepted socket gets it by moving its handle into
 * a socket made for it. `_handle` is undocumented: it is touched in this file alone, and when it is
 * missing accepted sockets are read by 'data' events, which costs a fifth more CPU and nothing else.
 */
import { type OnReadOpts, Socket, type SocketConstructorOpts } from 'node:net';

/** Larger gains nothing; one is enough, because it is used up before the callback returns. */
const BUFFER_BYTES = 256 * 1024;
const buffer = Buffer.allocUnsafeSlow(BUFFER_BYTES);

export type OnInput = (bytes: Buffer) => void;

/** For `new Socket({ onread })` of a socket that dials. */
export function borrowedInput(onInput: OnInput): OnReadOpts {
  return {
    buffer,
    callback(count) {
      onInput(buffer.subarray(0, count));
      return true;
    },
  };
}

/**
 * Takes over a socket accepted with `pauseOnConnect`; nothing is read before `startReading`. The
 * socket returned is the one to use.
 */
export function readBorrowed(accepted: Socket, onInput: OnInput): Socket {
  const handle: unknown = Reflect.get(accepted, '_handle');
  if (typeof handle !== 'object' || handle === null) return readByData(accepted, onInput);

  const options: SocketConstructorOpts = { onread: borrowedInput(onInput) };
  Reflect.set(options, 'handle', handle);
  const socket = new Socket(options);
  Reflect.set(accepted, '_handle', null);
  // The server counts the accepted socket, which no longer notices that its handle is closed.
  socket.once('close', () => accepted.destroy());
  return socket;
}

function readByData(accepted: Socket, onInput: OnInput): Socket {
  accepted.on('data', onInput);
  accepted.pause();
  return accepted;
}

/** Begins to deliver input. The read of nothing is what makes an idle handle start. */
export function startReading(socket: Socket): void {
  socket.resume();
  socket.read(0);
}
