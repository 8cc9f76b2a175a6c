/** Parts that the status of more than one kind has. */
import Type from 'typebox';
import { integer, oneOf, quantity } from '../scalars.ts';

const COUNT_MAX = 2 ** 31 - 1;

export const count = (description: string) => Type.Optional(integer(0, COUNT_MAX, { description }));

export const text = (description: string, maxLength = 253) =>
  Type.Optional(Type.String({ maxLength, description }));

export const observedGeneration = () =>
  Type.Optional(
    integer(0, Number.MAX_SAFE_INTEGER, { description: 'Generation that this status is about.' }),
  );

const PHASES = [
  'Pending',
  'Creating',
  'Ready',
  'Updating',
  'Scaling',
  'Draining',
  'Degraded',
  'Suspended',
  'Failed',
  'Deleting',
] as const;

export type Phase = (typeof PHASES)[number];

export const phase = () =>
  Type.Optional(oneOf([...PHASES], { description: 'All of it in one word, for people.' }));

/** The version of Gantry that runs, and the one that is wanted. */
export const versionFields = {
  version: text('Version that every pod runs.'),
  targetVersion: text('Version that the pods are to run.'),
};

export const heldGates = () =>
  Type.Optional(
    Type.Array(Type.String({ maxLength: 64 }), {
      maxItems: 16,
      description: 'Gates that hold the next step, by name; the condition says what they wait for.',
    }),
  );

/** Pods by what they are, as every workload of Kubernetes counts them. */
export const replicaFields = {
  selector: text('Labels of the pods, for autoscalers.', 1024),
  replicas: count('Pods that there are.'),
  readyReplicas: count('Pods that are ready.'),
  updatedReplicas: count('Pods of the newest revision.'),
};

export const volumeFloor = () =>
  Type.Optional(
    quantity({
      description: 'Largest size that every claim has: `storage.size` may go back to it.',
    }),
  );
