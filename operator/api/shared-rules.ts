/** Rules that hold for more than one kind. */
import type { StorageSpec } from './blocks/storage.ts';
import type { Later, TransitionRule } from './rule.ts';
import { parseQuantity } from './scalars.ts';

interface WithStorage {
  readonly storage: StorageSpec;
}

export function storageTransitions<Spec extends WithStorage>(): TransitionRule<Spec>[] {
  return [
    {
      path: 'spec.storage.size',
      cel: 'quantity(self.storage.size).compareTo(quantity(oldSelf.storage.size)) >= 0',
      holds: (now, before) =>
        parseQuantity(now.spec.storage.size) >= parseQuantity(before.spec.storage.size),
      message: (now, before) =>
        `${now.spec.storage.size} is less than the ${before.spec.storage.size} it was; a volume can only grow`,
    },
    {
      path: 'spec.storage.ephemeral',
      cel: 'has(self.storage.ephemeral) == has(oldSelf.storage.ephemeral)',
      holds: (now, before) =>
        (now.spec.storage.ephemeral === undefined) ===
        (before.spec.storage.ephemeral === undefined),
      message: () => 'a volume cannot become ephemeral, nor the other way round',
    },
    {
      path: 'spec.storage.storageClassName',
      cel: 'self.storage.?storageClassName == oldSelf.storage.?storageClassName',
      holds: (now, before) =>
        now.spec.storage.storageClassName === before.spec.storage.storageClassName,
      message: (_now, before) =>
        `it was ${before.spec.storage.storageClassName ?? 'left out'} and cannot change without moving the data`,
    },
  ];
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
    reason: 'moving data between storage classes comes with the operator',
    remedy: 'leave it out',
  },
];
