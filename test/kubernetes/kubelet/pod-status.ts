/** What a kubelet reports of a pod, from what is known of its process. Pure. */
import type { Exit } from '../../../cli/local/machine.ts';
import type { PodState } from '../../../cli/local/pod-process.ts';
import type { KubeObject } from '../kube-api.ts';

export interface Observed {
  readonly state: PodState;
  readonly restarts: number;
  readonly delayMs: number;
  readonly lastExit: Exit | undefined;
  /** Why there is no process yet. */
  readonly waiting: { readonly reason: string; readonly message: string } | undefined;
  readonly startedAt: string;
  readonly endedAt: string;
  readonly address: string;
  readonly node: string;
}

interface Condition {
  readonly type: string;
  readonly status: string;
  readonly lastTransitionTime?: string;
  readonly reason?: string;
  readonly message?: string;
}

export function podStatus(pod: KubeObject, observed: Observed, now: string): object {
  const { state, waiting, address, node } = observed;
  const isReady = state === 'ready' && waiting === undefined;
  const isOver = state === 'stopped' && waiting === undefined;
  const exitCode = observed.lastExit?.code ?? 137;
  const started = waiting === undefined;
  const over = exitCode === 0 ? 'Succeeded' : 'Failed';
  const running = started ? 'Running' : 'Pending';
  return {
    phase: isOver ? over : running,
    hostIP: '127.0.0.1',
    hostIPs: [{ ip: '127.0.0.1' }],
    ...(started && { podIP: address, podIPs: [{ ip: address }] }),
    startTime: (pod['status'].startTime as string | undefined) ?? now,
    qosClass: pod['status'].qosClass as string,
    conditions: conditions(pod, { isReady, started, node }, now),
    containerStatuses: [containerStatus(pod, observed, { isReady, exitCode })],
  };
}

function containerStatus(
  pod: KubeObject,
  observed: Observed,
  { isReady, exitCode }: { readonly isReady: boolean; readonly exitCode: number },
): object {
  const { state, restarts, delayMs, lastExit, waiting, startedAt, endedAt } = observed;
  const [container] = pod['spec'].containers as [{ name: string; image: string }];
  const terminated = {
    exitCode,
    reason: exitCode === 0 ? 'Completed' : 'Error',
    startedAt,
    finishedAt: endedAt,
  };
  const current = (): object => {
    if (waiting !== undefined) return { waiting };
    if (state === 'waiting' && delayMs > 0) {
      const message = `back-off ${delayMs / 1000}s restarting failed container`;
      return { waiting: { reason: 'CrashLoopBackOff', message } };
    }
    if (state === 'waiting' || state === 'stopped') return { terminated };
    return { running: { startedAt } };
  };
  return {
    name: container.name,
    image: container.image,
    imageID: waiting === undefined ? `played/${container.image}` : '',
    ready: isReady,
    started: isReady || state === 'unready',
    restartCount: restarts,
    state: current(),
    lastState: lastExit !== undefined && state !== 'stopped' ? { terminated } : {},
  };
}

function conditions(
  pod: KubeObject,
  {
    isReady,
    started,
  }: { readonly isReady: boolean; readonly started: boolean; readonly node: string },
  now: string,
): Condition[] {
  const before = (pod['status'].conditions ?? []) as Condition[];
  const names = (pod['spec'].containers as { name: string }[]).map(({ name }) => name);
  const unready = isReady
    ? {}
    : {
        reason: 'ContainersNotReady',
        message: `containers with unready status: [${names.join(' ')}]`,
      };
  const wanted: Condition[] = [
    { type: 'PodScheduled', status: 'True' },
    { type: 'PodReadyToStartContainers', status: started ? 'True' : 'False' },
    { type: 'Initialized', status: 'True' },
    { type: 'ContainersReady', status: isReady ? 'True' : 'False', ...unready },
    { type: 'Ready', status: isReady ? 'True' : 'False', ...unready },
  ];
  const kept = before.filter(({ type }) => !wanted.some((one) => one.type === type));
  return [
    ...wanted.map((condition) => {
      const old = before.find(({ type }) => type === condition.type);
      const since = old?.status === condition.status ? old.lastTransitionTime : undefined;
      return { ...condition, lastTransitionTime: since ?? now };
    }),
    ...kept,
  ];
}
