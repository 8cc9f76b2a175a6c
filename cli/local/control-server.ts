/** Where a supervisor takes requests: a socket in the folder of its cluster, one request each. */
import { createServer, type Socket } from 'node:net';
import { exitNameOf, explain } from '../failure.ts';
import { onLines, sendLine } from './json-lines.ts';
import type { Message, Request } from './messages.ts';
import type { StateFolder } from './state-folder.ts';
import type { Supervisor } from './supervisor.ts';

export interface ControlServer {
  /** Resolves when every answer has left and the socket is gone. */
  close(): Promise<void>;
}

/** `onDown` comes after the cluster went down and that was answered. */
export function serveControl(
  folder: StateFolder,
  supervisor: Supervisor,
  onDown: () => void,
): Promise<ControlServer> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    // A command that was interrupted: what it asked for goes on.
    socket.on('error', () => undefined);
    onLines(socket, (value) => void answer(socket, value as Request, { supervisor, onDown }));
  });
  const close = async (): Promise<void> => {
    await new Promise((resolve) => {
      server.close(resolve);
      for (const socket of sockets) socket.destroySoon();
    });
  };
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(folder.socket, () => {
      resolve({ close });
    });
  });
}

interface Answering {
  readonly supervisor: Supervisor;
  readonly onDown: () => void;
}

async function answer(
  socket: Socket,
  request: Request,
  { supervisor, onDown }: Answering,
): Promise<void> {
  const say = (message: Message): void => {
    sendLine(socket, message);
  };
  const unwatch = supervisor.watch((event) => {
    say({ event });
  });
  const gone = new AbortController();
  socket.on('close', () => {
    gone.abort();
  });
  try {
    await fulfil(request, supervisor, gone.signal);
    say({ done: supervisor.status() });
  } catch (error) {
    const exit = exitNameOf(error);
    if (exit === 'Bug') throw error;
    say({ failed: { exit, message: explain(error) } });
  } finally {
    unwatch();
    socket.end();
  }
  if (request.want === 'down') onDown();
}

async function fulfil(
  request: Request,
  supervisor: Supervisor,
  signal: AbortSignal,
): Promise<void> {
  switch (request.want) {
    case 'status':
      return;
    case 'apply':
      await supervisor.apply(request.desired);
      await supervisor.allReady(signal);
      return;
    case 'down':
      await supervisor.down();
      return;
    case 'stop':
      await supervisor.stop(request.pod);
      return;
    case 'start':
      await supervisor.start(request.pod, signal);
      return;
    case 'kill':
      supervisor.kill(request.pod);
      return;
  }
}
