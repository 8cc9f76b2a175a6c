/**
 * Where pods go besides each other. Whether a group has one replica or several, the pods of a set
 * are better off apart: what is on one node or in one zone goes with it. Pure.
 */
import type { BrokerSetSpec } from '../api/broker-set.ts';
import type { Labels } from './labels.ts';

export type SpreadConstraint = Readonly<Record<string, unknown>>;

type Spread = BrokerSetSpec['spread'];

export interface Spreading {
  /** Selects what is to be apart where that is possible. */
  readonly all: Labels;
  /** Selects what must be apart where `Required` says so; all, when left out. */
  readonly group?: Labels;
}

/**
 * `Preferred` spreads all of them. `Required` spreads those of a group, or the pod waits; over all
 * of them it would keep groups from starting that could, so that it is a preference there too.
 */
export function spreadConstraints(
  { zone, host }: Spread,
  { all, group = all }: Spreading,
): SpreadConstraint[] {
  const wanted = [
    { topologyKey: 'topology.kubernetes.io/zone', strength: zone },
    { topologyKey: 'kubernetes.io/hostname', strength: host },
  ];
  return wanted
    .filter(({ strength }) => strength !== 'Disabled')
    .flatMap(({ topologyKey, strength }) => [
      ...(strength === 'Required' ? [constraint(topologyKey, 'DoNotSchedule', group)] : []),
      constraint(topologyKey, 'ScheduleAnyway', all),
    ]);
}

function constraint(
  topologyKey: string,
  whenUnsatisfiable: 'DoNotSchedule' | 'ScheduleAnyway',
  matchLabels: Labels,
): SpreadConstraint {
  return { maxSkew: 1, topologyKey, whenUnsatisfiable, labelSelector: { matchLabels } };
}
