/**
 * Pods of nodes that are gone. Kubernetes lets a pod's name be used again only when its node says
 * that it has stopped, which a node that is gone never does. Only that certainty frees a pod here,
 * never the time that has passed: two brokers on one volume would be worse than none. Pure.
 */
import type { NodeState } from '../node-state.ts';
import type { PodFacts } from '../pod-facts.ts';

export interface ForceDeletePod {
  readonly kind: 'ForceDeletePod';
  readonly unit: string;
  readonly pod: string;
  readonly uid: string;
  readonly message: string;
}

export interface PlacedUnit {
  readonly name: string;
  readonly pod: PodFacts | undefined;
  readonly node: NodeState;
}

export function findLostPod(units: readonly PlacedUnit[]): ForceDeletePod | undefined {
  for (const { name, pod, node } of units) {
    if (pod?.node === undefined || pod.isReady) continue;
    if (node !== 'Gone' && node !== 'OutOfService') continue;
    const why = node === 'Gone' ? 'does not exist any more' : 'is marked as out of service';
    const message = `pod ${pod.name} is freed: its node ${pod.node} ${why}`;
    return { kind: 'ForceDeletePod', unit: name, pod: pod.name, uid: pod.uid, message };
  }
  return undefined;
}
