/** What the user may say about the pods of a component; the rest is rendered. */
import Type, { type Static } from 'typebox';
import { block } from '../block.ts';
import { integer, opaque, opaqueList, textMap } from '../scalars.ts';

export const podBlock = (graceSeconds: number) =>
  block(
    {
      labels: textMap({ default: {}, description: 'More labels of the pods.' }),
      annotations: textMap({ default: {}, description: 'More annotations of the pods.' }),
      resources: opaque({ default: {}, description: 'Requests and limits of the container.' }),
      env: opaqueList({ default: [], description: 'More environment variables.' }),
      nodeSelector: textMap({ default: {}, description: 'Labels a node must have.' }),
      priorityClassName: Type.Optional(Type.String({ description: 'Priority of the pods.' })),
      serviceAccountName: Type.Optional(
        Type.String({ description: 'Account of the pods; one without a token when left out.' }),
      ),
      terminationGracePeriodSeconds: integer(1, 3600, {
        default: graceSeconds,
        description: 'How long a clean stop may take.',
      }),
      runtimeClassName: Type.Optional(Type.String({ description: 'Container runtime.' })),
      schedulerName: Type.Optional(Type.String({ description: 'Scheduler of the pods.' })),
      affinity: Type.Optional(opaque({ description: 'As in a Pod.' })),
      tolerations: opaqueList({ default: [], description: 'As in a Pod.' }),
      topologySpreadConstraints: opaqueList({
        default: [],
        description: 'As in a Pod; replaces what `spread` renders.',
      }),
      volumes: opaqueList({ default: [], description: 'More volumes, as in a Pod.' }),
      volumeMounts: opaqueList({ default: [], description: 'More mounts, as in a container.' }),
      sidecars: opaqueList({ default: [], description: 'More containers, as in a Pod.' }),
      securityContext: Type.Optional(
        opaque({ description: 'Of the pod; merged over the restricted one.' }),
      ),
      containerSecurityContext: Type.Optional(
        opaque({ description: 'Of the container; merged over the restricted one.' }),
      ),
    },
    { default: {}, description: 'Options of the pods.' },
  );

export type PodOptions = Static<ReturnType<typeof podBlock>>;

/** Opaque but for what it may not touch: a rule can only speak of fields that the schema names. */
const podPatch = opaque({
  description: 'JSON merge patch of the pod template, applied last.',
  properties: {
    metadata: opaque({
      description: 'Annotations.',
      properties: { labels: opaque({ description: 'Refused: use `pod.labels`.' }) },
    }),
    spec: opaque({
      description: 'As in a Pod.',
      properties: { containers: opaqueList({ description: 'Refused: use `pod`.' }) },
    }),
  },
});

export const overridesBlock = () =>
  block(
    {
      pod: Type.Optional(podPatch),
    },
    { default: {}, description: 'The escape hatch: for what no field says.' },
  );
