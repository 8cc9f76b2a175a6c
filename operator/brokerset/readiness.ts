/** Whether groups take messages, and why not. Pure. */
import type { ReasonOf, StatedCondition } from '../api/vocabulary/conditions.ts';
import { writeAccessOf } from '../config/write-access.ts';
import {
  isMissingRoutes,
  isNew,
  isServing,
  type Observed,
  type ObservedGroup,
  takesWrites,
} from './observed.ts';
import type { Plan } from './plan.ts';

export function readyCondition(
  { brokerSet: { spec }, groups, nameServers, isGoing }: Observed,
  plan: Plan,
  isStalled: boolean,
): StatedCondition {
  const type = 'Ready';
  const wanted = groups.filter(({ isWanted }) => isWanted);
  if (isGoing) {
    const { blocked, waiting } = plan.scaling;
    const message = blocked?.message ?? waiting.join('; ');
    return { type, status: 'False', reason: 'Deleting', message };
  }
  if (spec.suspend) {
    return { type, status: 'False', reason: 'Suspended', message: 'spec.suspend is true' };
  }
  const down = wanted.filter((group) => !isServing(group) || !isOpen(group, plan));
  if (down.length > 0) {
    const unknown = `NameServer "${spec.nameServers.ref?.name}" does not exist`;
    const why = [...(nameServers === undefined ? [unknown] : []), ...down.map(whyNotReady)];
    const reason: ReasonOf<'Ready'> = down.every(isNew) ? 'Creating' : 'NotReady';
    const message = why.join('; ');
    return { type, status: 'False', reason: isStalled ? 'Stalled' : reason, message };
  }
  const unrouted = wanted.filter(isMissingRoutes);
  if (unrouted.length > 0) {
    const names = unrouted.map(({ name }) => name).join(', ');
    const message = `a name server does not lead to ${names} yet`;
    return { type, status: 'False', reason: 'NotRouted', message };
  }
  const message = `${wanted.length} of ${wanted.length} groups take messages`;
  return { type, status: 'True', reason: 'AllReady', message };
}

/** Whether it takes messages, and clients are led to it. */
export function isReadyGroup(group: ObservedGroup, plan: Plan): boolean {
  return isOpen(group, plan) && isServing(group) && !isMissingRoutes(group);
}

/** As its file says, and as its process shows. */
function isOpen({ name, file, settings }: ObservedGroup, { scaling }: Plan): boolean {
  const isFilled = file === undefined || writeAccessOf(file) !== 'Closed';
  const permission = settings?.['brokerPermission'];
  const isTold = permission === undefined || takesWrites(settings);
  return isFilled && isTold && scaling.access.get(name) === 'Open';
}

export function whyNotReady(group: ObservedGroup): string {
  const { name, pod, answers, foreign, claims, creationFailure } = group;
  if (foreign !== undefined) return `${name}: ${foreign.message}`;
  if (pod === undefined) {
    if (creationFailure !== undefined) return `${name} has no pod: ${creationFailure}`;
    const [claim] = claims;
    return `${name} has no pod yet${claim === undefined ? '' : ` (claim ${claim.phase})`}`;
  }
  if (pod.isGoing) return `pod ${pod.name} is stopping`;
  if (!pod.isReady) {
    const why = pod.trouble === undefined ? '' : `: ${pod.trouble.message}`;
    return `pod ${pod.name} is not ready${why}`;
  }
  if (answers !== true) return `the broker in pod ${pod.name} does not answer the operator`;
  return `${name} gets its topics before it opens`;
}
