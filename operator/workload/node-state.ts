/** Whether the node of a pod that does not serve is still there to run it. */
import { type Context, KubeError, type KubeObject, resources } from '../kube/mod.ts';
import type { PodFacts } from './pod-facts.ts';

/**
 * Only one that surely runs nothing any more frees its pods. One that is unreachable may run its
 * pods as before, and ends what was deleted meanwhile when it is back.
 */
export type NodeState = 'Present' | 'Unreachable' | 'Gone' | 'OutOfService' | 'Unknown';

interface Node extends KubeObject {
  readonly spec?: { readonly taints?: readonly { readonly key: string }[] };
}

const OUT_OF_SERVICE = 'node.kubernetes.io/out-of-service';
const UNREACHABLE = 'node.kubernetes.io/unreachable';

export async function nodeState(
  { client }: Pick<Context, 'client'>,
  { isReady, isCutOff, node: name }: PodFacts,
): Promise<NodeState> {
  if (isReady || name === undefined) return 'Unknown';
  try {
    const node = await client.find<Node>(resources.nodes, { name });
    const state = node === undefined ? 'Gone' : stateOf(node);
    return state === 'Present' && isCutOff ? 'Unreachable' : state;
  } catch (error) {
    if (error instanceof KubeError && error.status === 403) {
      // With Roles of namespaces no node may be read: the pod tells then.
      return isCutOff ? 'Unreachable' : 'Unknown';
    }
    throw error;
  }
}

function stateOf({ spec }: Node): NodeState {
  const taints = spec?.taints?.map(({ key }) => key) ?? [];
  if (taints.includes(OUT_OF_SERVICE)) return 'OutOfService';
  return taints.includes(UNREACHABLE) ? 'Unreachable' : 'Present';
}
