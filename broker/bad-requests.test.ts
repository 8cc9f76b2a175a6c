import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { brokerRequests } from '../protocol/mod.ts';
import { BROKER_AT, sendHeader, withBroker } from '../test/fakes/broker-world.ts';
import { oddRequests } from '../test/fakes/odd-requests.ts';

/** What changes settings makes the rest of the run something else. */
const requests = fc.array(oddRequests(brokerRequests, ['UPDATE_BROKER_CONFIG']), {
  minLength: 40,
  maxLength: 40,
});

test('whatever is asked is answered or refused, and does not take the broker with it', async () => {
  await fc.assert(
    fc.asyncProperty(requests, async (asked) => {
      await withBroker([], async ({ client, ask }) => {
        await ask('SEND_MESSAGE', sendHeader(), Buffer.from('m'));
        for (const request of asked) {
          // A pull may wait for as long as it says.
          const answer = await client.call(BROKER_AT, request, { timeoutMs: 3_000_000_000 });
          expect(answer.code).toBeGreaterThanOrEqual(0);
        }
      });
    }),
    { numRuns: 50 },
  );
});
