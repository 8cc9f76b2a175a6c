/** How the kubelet asks a container for its health; the paths are fixed. */
import type { Static } from 'typebox';
import { block } from '../block.ts';
import { integer } from '../scalars.ts';

interface ProbeDefaults {
  readonly periodSeconds: number;
  readonly failureThreshold: number;
}

const probe = ({ periodSeconds, failureThreshold }: ProbeDefaults, description: string) =>
  block(
    {
      initialDelaySeconds: integer(0, 3600, { default: 0, description: 'Wait before the first.' }),
      periodSeconds: integer(1, 3600, { default: periodSeconds, description: 'Time between two.' }),
      timeoutSeconds: integer(1, 3600, { default: 2, description: 'Longest wait for an answer.' }),
      failureThreshold: integer(1, 3600, {
        default: failureThreshold,
        description: 'Failures in a row that count.',
      }),
    },
    { default: {}, description },
  );

export const probesBlock = () =>
  block(
    {
      startup: probe(
        { periodSeconds: 1, failureThreshold: 600 },
        'Until it succeeds, nothing else is asked. Recovery of a large store takes time.',
      ),
      readiness: probe({ periodSeconds: 5, failureThreshold: 2 }, 'Whether it serves.'),
      liveness: probe({ periodSeconds: 10, failureThreshold: 6 }, 'Whether it still runs.'),
    },
    { default: {}, description: 'Probes of the container.' },
  );

export type ProbesSpec = Static<ReturnType<typeof probesBlock>>;
