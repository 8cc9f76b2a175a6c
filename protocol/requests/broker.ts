/** What a broker answers. */
import { accessRequests } from './access.ts';
import { relayedRequests } from './client.ts';
import { consumerRequests } from './consumers.ts';
import { groupRequests } from './groups.ts';
import { messagingRequests } from './messaging.ts';
import { operationRequests } from './operations.ts';
import { popRequests } from './pop.ts';
import { topicRequests } from './topics.ts';

export const brokerRequests = {
  ...messagingRequests,
  ...popRequests,
  ...consumerRequests,
  ...topicRequests,
  ...groupRequests,
  ...relayedRequests,
  ...operationRequests,
  ...accessRequests,
} as const;
