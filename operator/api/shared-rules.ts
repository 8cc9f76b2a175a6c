/** Rules that hold for more than one kind. */
import type { StorageSpec } from './blocks/storage.ts';
import { requireBytes } from './quantity.ts';
import type { Later, TransitionRule } from './rule.ts';

interface WithStorage {
  readonly storage: StorageSpec;
}

export function storageTransitions<Spec extends WithStorage>(): TransitionRule<Spec>[] {
  return [
    {
      path: 'spec.storage.size',
      at: 'root',
      cel: `${atLeast('oldSelf.spec.storage.size')} || (has(self.status) && has(self.status.volumeFloor) && ${atLeast('self.status.volumeFloor')})`,
      holds: (now, before) => {
        const floor = now.status?.volumeFloor ?? before.spec.storage.size;
        const size = requireBytes(now.spec.storage.size);
        return size >= Math.min(requireBytes(before.spec.storage.size), requireBytes(floor));
      },
      message: (now, before) =>
        `${now.spec.storage.size} is less than the ${before.spec.storage.size} it was; a volume can only grow`,
      stated: 'a volume can only grow, or go back to `status.volumeFloor`',
    },
    {
      path: 'spec.storage.ephemeral',
      cel: 'has(self.storage.ephemeral) == has(oldSelf.storage.ephemeral)',
      holds: (now, before) =>
        (now.spec.storage.ephemeral === undefined) ===
        (before.spec.storage.ephemeral === undefined),
      message: 'a volume cannot become ephemeral, nor the other way round',
    },
    {
      path: 'spec.storage.storageClassName',
      cel: unchanged('storage.storageClassName'),
      holds: (now, before) =>
        now.spec.storage.storageClassName === before.spec.storage.storageClassName,
      message: (_now, before) =>
        `it was ${before.spec.storage.storageClassName ?? 'left out'} and cannot change without moving the data`,
      stated: 'it cannot change without moving the data',
    },
  ];
}

/** CEL: an optional field of the spec is what it was, or still left out. Cheap, unlike `?`. */
export function unchanged(field: string): string {
  return `has(self.${field}) == has(oldSelf.${field}) && (!has(self.${field}) || self.${field} == oldSelf.${field})`;
}

/** CEL, at the root: as `unchanged`, where the object's own name stands for what is left out. */
export function unchangedName(field: string): string {
  const [now, before] = [`self.spec.${field}`, `oldSelf.spec.${field}`];
  const name = 'self.metadata.name';
  return `has(${now}) ? (has(${before}) ? ${now} == ${before} : ${now} == ${name}) : (!has(${before}) || ${before} == ${name})`;
}

/** CEL: the size is not below `floor`. */
function atLeast(floor: string): string {
  return `quantity(self.spec.storage.size).compareTo(quantity(${floor})) >= 0`;
}

/** What neither name servers nor brokers do yet. */
export const laterInEveryRole: readonly Later[] = [
  {
    path: 'spec.tls',
    reason: 'encryption comes with the security of all listeners',
    remedy: 'leave it out',
  },
  {
    path: 'spec.storage.migrate',
    reason: 'moving data between storage classes comes later',
    remedy: 'leave it out',
  },
];
