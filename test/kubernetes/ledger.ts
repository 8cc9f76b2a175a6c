/**
 * What a producer and a consumer saw while something was done to their cluster: every message has an
 * id of its own, every acknowledgement and every delivery is a line of a file. What was acknowledged
 * and never delivered is lost.
 */
import { appendFileSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Consumer, Producer } from '../../client/mod.ts';
import type { Log } from '../../runtime/mod.ts';
import { nodeRuntime } from '../../runtime/node/mod.ts';

export interface LedgerOptions {
  /** host:port of each, separated by `;`. */
  readonly nameServers: string;
  /** That is there already. */
  readonly topic: string;
  readonly folder: string;
  /** Between two sends of one sender. */
  readonly periodMs?: number;
  readonly senders?: number;
}

export interface LedgerReport {
  readonly acknowledged: number;
  readonly refused: number;
  readonly lost: readonly string[];
  readonly duplicates: number;
  /** The longest that a sender waited for the end of one send, acknowledged or refused. */
  readonly longestSendMs: number;
  /** Of each broker group that acknowledged anything. */
  readonly groups: Readonly<Record<string, GroupReport>>;
  /** Between two acknowledgements of a broker group that follow each other. */
  readonly longestPauseMs: number;
  /** Pauses up to 10 ms, 100 ms, 1 s, 3 s, 10 s, 30 s and longer. */
  readonly pauses: readonly number[];
}

export interface GroupReport {
  readonly acknowledged: number;
  readonly longestPauseMs: number;
}

const PAUSE_BOUNDS_MS = [10, 100, 1_000, 3_000, 10_000, 30_000];
/** Before the next message, when one was refused. */
const REFUSED_PAUSE_MS = 50;
const DELIVERY_TIMEOUT_MS = 90_000;

/** What clients say of a cluster that is being rolled is in the ledger already. */
const SILENT: Log = {
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
  with: () => SILENT,
};

interface Line {
  readonly id: string;
  readonly atMs: number;
  readonly broker?: string;
}

export class Ledger implements AsyncDisposable {
  readonly #options: LedgerOptions;
  readonly #producer: Producer;
  readonly #consumer: Consumer;
  readonly #sending: Promise<void>[];
  readonly #acknowledged: string;
  readonly #delivered: string;
  #refused = 0;
  #longestSendMs = 0;
  #isOver = false;
  #endedMs = 0;

  private constructor(options: LedgerOptions, producer: Producer, consumer: Consumer) {
    this.#options = options;
    this.#producer = producer;
    this.#consumer = consumer;
    [this.#acknowledged, this.#delivered] = filesIn(options.folder);
    this.#sending = Array.from({ length: options.senders ?? 4 }, (_, sender) => this.#send(sender));
  }

  static async start(options: LedgerOptions): Promise<Ledger> {
    const { nameServers, topic, folder } = options;
    const [acknowledged, delivered] = filesIn(folder);
    writeFileSync(acknowledged, '');
    writeFileSync(delivered, '');
    const runtime = nodeRuntime({ log: SILENT });
    const polling = { nameServers, routePollMs: 1_000, host: '127.0.0.1' };
    const consumer = await Consumer.start(runtime, {
      ...polling,
      group: 'ledger',
      subscriptions: { [topic]: '*' },
      startFrom: 'first',
      onMessage: (message) => {
        append(delivered, { id: message.body.toString('utf8'), atMs: Date.now() });
      },
    });
    const producer = Producer.start(runtime, { ...polling, group: 'ledger-producer' });
    return new Ledger(options, producer, consumer);
  }

  /** Ends the sending, waits until everything is delivered, and counts. */
  async close(): Promise<LedgerReport> {
    this.#isOver = true;
    this.#endedMs = Date.now();
    await Promise.all(this.#sending);
    const endMs = Date.now() + DELIVERY_TIMEOUT_MS;
    while (this.#report().lost.length > 0 && Date.now() < endMs) await sleep(200);
    await this[Symbol.asyncDispose]();
    return this.#report();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#isOver = true;
    await Promise.all(this.#sending);
    await this.#producer.close();
    await this.#consumer.close();
  }

  async #send(sender: number): Promise<void> {
    const { topic, periodMs = 5 } = this.#options;
    for (let count = 0; !this.#isOver; count++) {
      const id = `${sender}-${count}`;
      const fromMs = Date.now();
      let pauseMs = periodMs;
      try {
        const { status, queue } = await this.#producer.send({ topic, body: id });
        if (status === 'SEND_OK') {
          append(this.#acknowledged, { id, atMs: Date.now(), broker: queue.brokerName });
        }
      } catch {
        // Nobody promised anything: a producer would try again, with a message of the same id.
        this.#refused++;
        pauseMs += REFUSED_PAUSE_MS;
      }
      this.#longestSendMs = Math.max(this.#longestSendMs, Date.now() - fromMs);
      await sleep(pauseMs);
    }
  }

  #report(): LedgerReport {
    const acknowledged = read(this.#acknowledged);
    const delivered = read(this.#delivered);
    const seen = new Set(delivered.map(({ id }) => id));
    const groups = pausesByGroup(acknowledged, this.#endedMs);
    const pauses = Object.values(groups).flat();
    return {
      acknowledged: acknowledged.length,
      refused: this.#refused,
      lost: acknowledged.map(({ id }) => id).filter((id) => !seen.has(id)),
      duplicates: delivered.length - seen.size,
      longestSendMs: this.#longestSendMs,
      groups: Object.fromEntries(
        Object.entries(groups).map(([group, list]) => {
          return [group, { acknowledged: list.length, longestPauseMs: longest(list) }];
        }),
      ),
      longestPauseMs: longest(pauses),
      pauses: histogram(pauses),
    };
  }
}

function filesIn(folder: string): [acknowledged: string, delivered: string] {
  return [join(folder, 'acknowledged.jsonl'), join(folder, 'delivered.jsonl')];
}

function append(file: string, line: Line): void {
  appendFileSync(file, `${JSON.stringify(line)}\n`);
}

function read(file: string): Line[] {
  const lines = readFileSync(file, 'utf8').split('\n');
  return lines.filter((line) => line !== '').map((line) => JSON.parse(line) as Line);
}

/**
 * The pause after each acknowledgement, by group. One that is not heard of again is in a pause that
 * the end cuts off.
 */
function pausesByGroup(lines: readonly Line[], endMs: number): Record<string, number[]> {
  const last = new Map<string, number>();
  const pauses: Record<string, number[]> = {};
  for (const { broker = '', atMs } of lines) {
    const before = last.get(broker);
    const list = pauses[broker] ?? [];
    pauses[broker] = list;
    if (before !== undefined) list.push(atMs - before);
    last.set(broker, atMs);
  }
  for (const [group, atMs] of last) pauses[group]?.push(Math.max(0, endMs - atMs));
  return pauses;
}

function longest(pauses: readonly number[]): number {
  return pauses.reduce((most, pause) => Math.max(most, pause), 0);
}

function histogram(pauses: readonly number[]): number[] {
  const counts = Array.from({ length: PAUSE_BOUNDS_MS.length + 1 }, () => 0);
  for (const pause of pauses) {
    const place = PAUSE_BOUNDS_MS.findIndex((bound) => pause <= bound);
    const index = place === -1 ? PAUSE_BOUNDS_MS.length : place;
    counts[index] = (counts[index] ?? 0) + 1;
  }
  return counts;
}
