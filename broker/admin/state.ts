/** What the broker knows of itself at this moment, gathered for tools. */
import type { BrokerParts } from '../parts.ts';
import type { RuntimeFacts } from './runtime-info.ts';

export function brokerState(parts: BrokerParts): RuntimeFacts {
  const { clock, config, store, runtime, sent, delivered, statistics, bootMs } = parts;
  const facts = store.facts();
  return {
    storePath: config.storePathRootDir,
    bootMs,
    nowMs: clock.wallMs(),
    isWritable: facts.isWritable,
    startAcceptMs: config.startAcceptSendRequestTimeStamp,
    cluster: config.brokerClusterName,
    sent,
    delivered,
    statistics,
    log: {
      minOffset: facts.minOffset,
      appendedEnd: facts.maxOffset,
      flushedEnd: facts.flushedEnd,
      dispatchBehindBytes: facts.dispatchBehindBytes,
      earliestMs: facts.earliestStoreTimestamp ?? -1,
    },
    space: runtime.disk.space(config.storePathRootDir),
  };
}
