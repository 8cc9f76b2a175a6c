/** Kinds that can be written already and are made real later: they say so, and nothing is done. */
import {
  type Context,
  type KubeObject,
  type Reconciler,
  type Resource,
  resources,
  stalledConditions,
  writeStatus,
} from '../kube/mod.ts';

const later = [
  {
    name: 'controller',
    resource: resources.controllers,
    message: 'Controllers come with replication: this version makes nothing of them',
  },
  {
    name: 'proxy',
    resource: resources.proxies,
    message: 'The gRPC proxy comes later: this version makes nothing of it',
  },
] as const satisfies readonly { name: string; resource: Resource; message: string }[];

export function laterReconcilers(): Reconciler[] {
  return later.map(({ name, resource, message }) => ({
    name,
    resource,
    owns: [],
    reconcile: async (object, context) => {
      if (object.metadata.deletionTimestamp === undefined) {
        await writeStatus(context, resource, object, statusOf(object, message, context));
      }
      return {};
    },
  }));
}

function statusOf(
  { metadata: { generation = 0 } }: KubeObject,
  message: string,
  { clock }: Pick<Context, 'clock'>,
): object {
  const stall = { reason: 'NotImplemented', message } as const;
  return {
    observedGeneration: generation,
    phase: 'Failed',
    conditions: stalledConditions([], stall, { generation, nowMs: clock.wallMs() }),
  };
}
