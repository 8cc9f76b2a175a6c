/** Whether the node of a pod that does not serve is still there to run it. */
import { type Context, KubeError, type KubeObject, resources } from '../kube/mod.ts';
import type { PodFacts } from './pod-facts.ts';

/** Only one that surely runs nothing any more frees its pods. */
export type NodeState = 'Present' | 'Gone' | 'OutOfService' | 'Unknown';

interface Node extends KubeObject {
  readonly spec?: { readonly taints?: readonly { readonly key: string }[] };
}

const OUT_OF_SERVICE = 'node.kubernetes.io/out-of-service';

export async function nodeState(
  { client }: Pick<Context, 'client'>,
  { isReady, node: name }: PodFacts,
): Promise<NodeState> {
  if (isReady || name === undefined) return 'Unknown';
  try {
    const node = await client.find<Node>(resources.nodes, { name });
    if (node === undefined) return 'Gone';
    const isOut = node.spec?.taints?.some(({ key }) => key === OUT_OF_SERVICE) === true;
    return isOut ? 'OutOfService' : 'Present';
  } catch (error) {
    if (error instanceof KubeError && error.status === 403) return 'Unknown';
    throw error;
  }
}
