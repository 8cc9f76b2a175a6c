/**
 * One direction of a simulated connection. Bytes keep their order; where they are cut and when they
 * arrive is drawn from the seed. What fits the window has left its sender; the rest is lent, and
 * must not change before it has left.
 */
import { assert } from '../runtime/mod.ts';
import type { Wires } from './network.ts';
import type { Scheduled } from './scheduler.ts';

/** Bytes that the kernels and the network between them take before a sender must wait. */
const WINDOW_BYTES = 128 * 1024;
const DELIVERY_BYTES_MAX = 64 * 1024;
/** What does not get through is sent again after about this long. */
const RESEND_US = 100_000;
/** What a borrower that keeps its view will find in it. */
const OVERWRITTEN = 0xdb;
const borrowed = Buffer.alloc(DELIVERY_BYTES_MAX);

interface Lent {
  readonly bytes: Buffer;
  readonly asWritten: Buffer;
}

interface Segment {
  bytes: Buffer;
  readonly atUs: number;
}

/** Who is at the far end, and whether bytes can get there. */
export interface Receiver {
  isPaused(): boolean;
  /** `gone`: nobody takes bytes any more. `unreachable`: try again later. */
  state(): 'there' | 'gone' | 'unreachable';
  input(bytes: Buffer): void;
  end(): void;
  broken(): void;
}

export interface Sender {
  /** All lent buffers are their owner's again. */
  left(): void;
  /** The far end takes nothing more. */
  refused(): void;
}

export class Pipe {
  readonly #wires: Wires;
  #sender: Sender | undefined;
  #receiver: Receiver | undefined;
  #lent: Lent[] = [];
  #lentBytes = 0;
  #segments: Segment[] = [];
  #segmentBytes = 0;
  #lastAtUs = 0;
  #tail: 'open' | 'end' | 'reset' = 'open';
  #isOver = false;
  #delivery: Scheduled | undefined;
  #isAdvancing = false;

  constructor(wires: Wires) {
    this.#wires = wires;
  }

  join(sender: Sender, receiver: Receiver): void {
    this.#sender = sender;
    this.#receiver = receiver;
  }

  get unsentBytes(): number {
    return this.#lentBytes;
  }

  /** Bytes that the far end has not read. */
  get unreadBytes(): number {
    return this.#segmentBytes;
  }

  write(bytes: Buffer): boolean {
    const { prng, faults } = this.#wires;
    if (this.#tail !== 'open') return true;
    if (bytes.length === 0) return this.#lentBytes === 0;
    const copy = Buffer.from(bytes);
    const fits = this.#lentBytes === 0 && this.#segmentBytes + bytes.length <= WINDOW_BYTES;
    if (fits && !prng.chance(faults.lendPercent, 100)) {
      this.#send(copy);
      return true;
    }
    this.#lent.push({ bytes, asWritten: copy });
    this.#lentBytes += bytes.length;
    this.#advanceSoon();
    return false;
  }

  /** No more will be written. What is lent still leaves. */
  end(): void {
    if (this.#tail !== 'open') return;
    this.#tail = 'end';
    this.#deliverAt(this.#arrivalUs());
  }

  /** What has not left is lost; what has left arrives, or a part of it when `broken`. */
  abandon(broken: boolean): void {
    this.#lent = [];
    this.#lentBytes = 0;
    if (broken) {
      const kept = this.#wires.prng.below(this.#segments.length + 1);
      this.#segments = this.#segments.slice(0, kept);
      this.#segmentBytes = this.#segments.reduce((sum, { bytes }) => sum + bytes.length, 0);
    }
    if (this.#tail !== 'reset') this.#tail = broken ? 'reset' : 'end';
    this.#deliverAt(this.#arrivalUs());
  }

  /** Nothing more comes through, and nobody is told. */
  vanish(): void {
    this.#isOver = true;
    this.#lent = [];
    this.#segments = [];
    this.#delivery?.cancel();
  }

  /** The receiver takes input again. */
  resume(): void {
    this.#deliverAt(this.#wires.scheduler.nowUs);
  }

  #send(bytes: Buffer): void {
    const atUs = this.#arrivalUs();
    this.#lastAtUs = atUs;
    this.#segments.push({ bytes, atUs });
    this.#segmentBytes += bytes.length;
    this.#deliverAt(atUs);
  }

  /** Later than all before it: TCP keeps order. */
  #arrivalUs(): number {
    const { scheduler } = this.#wires;
    return Math.max(this.#lastAtUs, scheduler.nowUs + this.#wires.delayUs());
  }

  #advanceSoon(): void {
    if (this.#isAdvancing || this.#lent.length === 0) return;
    this.#isAdvancing = true;
    const { scheduler, prng } = this.#wires;
    scheduler.after(prng.between(1, 300), () => {
      this.#isAdvancing = false;
      this.#advance();
    });
  }

  #advance(): void {
    if (this.#isOver || this.#lent.length === 0) return;
    for (const { bytes, asWritten } of this.#lent) {
      assert(bytes.equals(asWritten), 'a lent buffer to be left alone until onDrain');
    }
    while (this.#segmentBytes < WINDOW_BYTES) {
      const next = this.#lent.shift();
      if (next === undefined) break;
      this.#lentBytes -= next.asWritten.length;
      this.#send(next.asWritten);
    }
    if (this.#lent.length > 0) return;
    this.#sender?.left();
    if (this.#tail === 'end') this.#deliverAt(this.#arrivalUs());
  }

  /** At most one delivery is planned at a time: the earliest. */
  #deliverAt(atUs: number): void {
    if (this.#isOver || this.#delivery !== undefined) return;
    const { scheduler } = this.#wires;
    this.#delivery = scheduler.after(Math.max(0, atUs - scheduler.nowUs), () => {
      this.#delivery = undefined;
      this.#deliver();
    });
  }

  #deliver(): void {
    const receiver = this.#receiver;
    if (receiver === undefined || this.#isOver) return;
    const { scheduler, prng } = this.#wires;
    const state = receiver.state();
    if (state === 'unreachable') {
      this.#deliverAt(scheduler.nowUs + prng.between(RESEND_US / 2, RESEND_US));
    } else if (state === 'gone') {
      this.#isOver = true;
      this.#sender?.refused();
    } else if (this.#segments.length === 0) {
      this.#deliverTail(receiver);
    } else if (!receiver.isPaused()) {
      this.#deliverBytes(receiver);
    }
  }

  #deliverTail(receiver: Receiver): void {
    if (this.#tail === 'open' || this.#lent.length > 0) return;
    if (this.#tail === 'end' && receiver.isPaused()) return;
    this.#isOver = true;
    if (this.#tail === 'end') receiver.end();
    else receiver.broken();
  }

  #deliverBytes(receiver: Receiver): void {
    const { scheduler } = this.#wires;
    const count = this.#takeArrived(this.#deliveryBytes());
    if (count > 0) {
      receiver.input(borrowed.subarray(0, count));
      borrowed.fill(OVERWRITTEN, 0, count);
      this.#advanceSoon();
    }
    const next = this.#segments[0];
    if (next !== undefined) this.#deliverAt(Math.max(next.atUs, scheduler.nowUs + 1));
    else if (this.#tail !== 'open') this.#deliverAt(this.#arrivalUs());
  }

  #deliveryBytes(): number {
    const { prng, faults } = this.#wires;
    return prng.chance(faults.cutPercent, 100) ? prng.between(1, 16) : DELIVERY_BYTES_MAX;
  }

  /** Moves up to `limit` bytes that are there by now into the borrowed buffer. */
  #takeArrived(limit: number): number {
    const { nowUs } = this.#wires.scheduler;
    let count = 0;
    let whole = 0;
    for (const segment of this.#segments) {
      if (segment.atUs > nowUs || count === limit) break;
      const taken = Math.min(segment.bytes.length, limit - count);
      segment.bytes.copy(borrowed, count, 0, taken);
      count += taken;
      if (taken < segment.bytes.length) {
        segment.bytes = segment.bytes.subarray(taken);
        break;
      }
      whole++;
    }
    this.#segments.splice(0, whole);
    this.#segmentBytes -= count;
    return count;
  }
}
