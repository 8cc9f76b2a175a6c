/** A broker whose disk takes too long: it stores a message, and does not know so in time. */
import { brokerRequests, responseCodes } from '../../protocol/mod.ts';
import { dispatcher, type Handlers, RemotingServer } from '../../remoting/mod.ts';
import type { Runtime } from '../../runtime/mod.ts';
import type { FakeBroker } from './cluster.ts';

/** In place of `broker`, which must have been stopped. */
export function startSlowDisk(runtime: Runtime, broker: FakeBroker): Promise<RemotingServer> {
  const [host = '', port] = broker.address.split(':');
  const header = { msgId: '00', queueId: 0, queueOffset: 0 };
  const handlers: Partial<Handlers<typeof brokerRequests>> = {
    ...broker.handlers(),
    SEND_MESSAGE_V2: () => ({ code: responseCodes.FLUSH_DISK_TIMEOUT, header }),
  };
  const parts = { dispatcher: dispatcher(runtime, brokerRequests, handlers) };
  return RemotingServer.listen(runtime, { address: { host, port: Number(port) } }, parts);
}
