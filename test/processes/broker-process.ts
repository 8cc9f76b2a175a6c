/** What tests and benchmarks need to know of a broker that runs as a process, ours or the Java one. */
import type { Running } from './running.ts';
import { Wire } from './wire.ts';

export interface BrokerPlace {
  /** host:port of the remoting port. Each broker of a test has a loopback address of its own. */
  readonly address: string;
  /** Holds `store/` and whatever else the broker writes. */
  readonly folder: string;
  /** host:port of its name server; none when only the broker itself is under test. */
  readonly nameServer?: string;
  /** Options of the broker's file, on top of what every broker of ours is told. */
  readonly options?: Readonly<Record<string, string | number | boolean>>;
  readonly env?: Readonly<Record<string, string>>;
}

export interface BrokerProcess extends AsyncDisposable {
  readonly process: Running;
  readonly address: string;
  readonly storeFolder: string;
}

const GET_MAX_OFFSET = 30;

/** A broker that answers; rejects with its output when it does not come up. */
export async function ready(
  process: Running,
  { address, folder }: BrokerPlace,
): Promise<BrokerProcess> {
  const answers = async (): Promise<void> => {
    using wire = await Wire.connect(address, 60_000);
    // Any answer will do: the topic need not be there.
    await wire.call({ code: GET_MAX_OFFSET, fields: { topic: 'TBW102', queueId: 0 } });
  };
  const died = process.exited.then(({ code, signal }) => {
    throw new Error(
      `Broker ended with ${code ?? signal ?? 'an error'} at start: ${process.tail()}`,
    );
  });
  await Promise.race([answers(), died]).catch(async (error: unknown) => {
    await process.stop('SIGKILL');
    throw new Error(`Cannot start the broker at ${address}: ${process.tail()}`, { cause: error });
  });
  return {
    process,
    address,
    storeFolder: `${folder}/store`,
    [Symbol.asyncDispose]: () => process[Symbol.asyncDispose](),
  };
}
