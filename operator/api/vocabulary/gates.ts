/** Every gate that a disruptive step may wait for: the names that `gantrymq.io/skip-gates` takes. */

export const gates = {
  OtherGroupsHealthy: { doc: 'All other groups of the set take messages.' },
  OtherNameServersHealthy: { doc: 'At least one other name server answers.' },
  NoOtherOperation: { doc: 'No other step of the same object is under way.' },
  LastPodSettled: { doc: 'The pod that was replaced last has been ready for `update.settle`.' },
  BackOffOver: { doc: 'The pod was not replaced a moment ago: each time it waits longer.' },
  NotPaused: { doc: 'Nobody has paused changes.' },
  NoFailedRoll: { doc: 'Every pod that was replaced has come up in time.' },
  NodeReachable: { doc: 'The node of the pod that goes next is not cut off from Kubernetes.' },
  PodExpectationsMet: { doc: 'What the operator did last is seen in its view of the cluster.' },
  BrokersReachable: { doc: 'The brokers that the step concerns answer.' },
} as const satisfies Readonly<Record<string, { readonly doc: string }>>;

export type Gate = keyof typeof gates;
