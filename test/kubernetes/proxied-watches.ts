/** The watches that lead through a proxy: counted, cut, and told what the server has not said. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Effect } from './faults.ts';

interface Watch {
  readonly response: ServerResponse;
  readonly path: string;
}

export class ProxiedWatches {
  readonly #open = new Set<Watch>();
  #mostOfOnePath = 0;

  /** With their queries. */
  get paths(): string[] {
    return [...this.#open].map(({ path }) => path);
  }

  /** At a time, whatever their queries. */
  get mostOfOnePath(): number {
    return this.#mostOfOnePath;
  }

  /** How many were open. */
  cut(): number {
    const open = [...this.#open];
    for (const { response } of open) response.destroy();
    return open.length;
  }

  /** As if the server had sent this line to all of them. */
  tell(line: string): void {
    for (const { response } of this.#open) response.write(`${line}\n`);
  }

  /** Hands on what the server says, until one side ends it. */
  async carry(answer: IncomingMessage, watch: Watch, effects: readonly Effect[]): Promise<void> {
    const { response } = watch;
    const times = effects.some(({ kind }) => kind === 'duplicate-events') ? 2 : 1;
    const held = effects.find((effect) => effect.kind === 'held-events')?.events ?? 1;
    const delayMs = effects.find((effect) => effect.kind === 'late-events')?.delayMs ?? 0;
    this.#add(watch);
    response.once('close', () => {
      this.#open.delete(watch);
      answer.destroy();
    });
    response.flushHeaders();
    let rest = '';
    let waiting: string[] = [];
    answer.setEncoding('utf8');
    for await (const text of answer) {
      const lines = (rest + String(text)).split('\n');
      rest = lines.pop() ?? '';
      waiting.push(...lines);
      if (waiting.length < held) continue;
      if (delayMs > 0) await sleep(delayMs);
      for (const line of waiting) response.write(`${line}\n`.repeat(times));
      waiting = [];
    }
    response.end();
  }

  #add(watch: Watch): void {
    this.#open.add(watch);
    const same = this.paths.filter((path) => pathname(path) === pathname(watch.path));
    this.#mostOfOnePath = Math.max(this.#mostOfOnePath, same.length);
  }
}

function pathname(path: string): string {
  return path.split('?', 1)[0] ?? '';
}
