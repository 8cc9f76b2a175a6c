/** A full disk: sends are refused, reads go on, and nothing that was acknowledged is lost. */
import { expect, test } from 'vitest';
import { type BrokerPlace, type BrokerProcess } from '../processes/broker-process.ts';
import { startBroker } from '../processes/gantry.ts';
import { Running } from '../processes/running.ts';
import { Scratch } from '../processes/scratch.ts';
import { Wire } from '../processes/wire.ts';

const SEND_MESSAGE_V2 = 310;
const PULL_MESSAGE = 11;
const SERVICE_NOT_AVAILABLE = 14;
const DISK_BYTES = 24 << 20;
const SEGMENT_BYTES = 1 << 20;

/** A disk of its own where this user may have one. */
class SmallDisk implements AsyncDisposable {
  readonly path: string;
  readonly mounted: boolean;
  readonly #scratch: Scratch;

  private constructor(scratch: Scratch, mounted: boolean) {
    this.path = scratch.path;
    this.mounted = mounted;
    this.#scratch = scratch;
  }

  static async make(): Promise<SmallDisk> {
    const scratch = new Scratch();
    const size = `size=${DISK_BYTES}`;
    const mount = new Running(['mount', '-t', 'tmpfs', '-o', size, 'none', scratch.path]);
    const { code } = await mount.exited;
    return new SmallDisk(scratch, code === 0);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.mounted) await new Running(['umount', '-l', this.path]).exited;
    this.#scratch[Symbol.dispose]();
  }
}

/**
 * Without the right to mount, the broker is told that a disk counts as full at what this one holds
 * already: the same refusals, though not the failed write.
 */
function placeOn(disk: SmallDisk): BrokerPlace {
  const ratios = disk.mounted
    ? { diskSpaceWarningLevelRatio: 99, diskSpaceCleanForciblyRatio: 98 }
    : {
        diskSpaceWarningLevelRatio: 35,
        diskSpaceCleanForciblyRatio: 30,
        diskMaxUsedSpaceRatio: 10,
      };
  return {
    address: '127.0.33.1:10911',
    folder: disk.path,
    options: { mappedFileSizeCommitLog: SEGMENT_BYTES, ...ratios },
  };
}

async function send(wire: Wire, number: number): Promise<number> {
  const fields = {
    a: 'filler',
    b: 'Filled',
    c: 'TBW102',
    d: 1,
    e: 0,
    f: 0,
    g: 1_700_000_000_000,
    h: 0,
    i: '',
    j: 0,
    k: 'false',
    m: 'false',
    n: 'broker-a',
  };
  const body = Buffer.alloc(50_000, `${number} `);
  return (await wire.call({ code: SEND_MESSAGE_V2, fields, body })).code;
}

/** How many messages can be pulled from the start of the queue. */
async function pulled({ address }: BrokerProcess): Promise<number> {
  using wire = await Wire.connect(address);
  for (let offset = 0; ; ) {
    const fields = {
      consumerGroup: 'reader',
      topic: 'Filled',
      queueId: 0,
      queueOffset: offset,
      maxMsgNums: 32,
      sysFlag: 4,
      commitOffset: 0,
      suspendTimeoutMillis: 0,
      subscription: '*',
      subVersion: 0,
      expressionType: 'TAG',
    };
    const answer = await wire.call({ code: PULL_MESSAGE, fields });
    if (answer.code !== 0) return offset;
    offset = Number(answer.fields['nextBeginOffset']);
  }
}

test('a full disk refuses sends with 14, serves what it holds, and loses nothing acknowledged', async () => {
  await using disk = await SmallDisk.make();
  const place = placeOn(disk);
  let acknowledged = 0;
  {
    await using broker = await startBroker(place);
    using wire = await Wire.connect(broker.address);
    const refusals: number[] = [];
    for (let n = 0; refusals.length < 20 && n < 2000; n++) {
      const code = await send(wire, n);
      if (code === 0) acknowledged++;
      else refusals.push(code);
    }
    expect(new Set(refusals)).toEqual(new Set([SERVICE_NOT_AVAILABLE]));
    expect(await pulled(broker)).toBe(acknowledged);
    expect(broker.process.exit).toBeUndefined();
    await broker.process.stop('SIGKILL');
  }
  await using again = await startBroker(place);
  expect(await pulled(again)).toBe(acknowledged);
});
