/** What is seen of a topic or consumer group, for its plan: in the caches, and on the brokers. */
import type { Found } from '../access/mod.ts';
import type { StalledReason } from '../api/vocabulary/conditions.ts';

export interface BrokerView<Settings> {
  readonly group: string;
  readonly address: string | undefined;
  readonly found: Found<Settings>;
}

export interface Observed<Settings> {
  readonly cluster: {
    readonly state: 'missing' | 'notAllowed' | 'deleting' | 'there';
    readonly shown: string;
  };
  /** Why its spec cannot be used. */
  readonly unusable?: { readonly reason: StalledReason; readonly message: string } | undefined;
  /** The object with the older right to the name. */
  readonly elder?: string | undefined;
  readonly isManaged: boolean;
  readonly mayAdopt: boolean;
  /** Whether this object has been found to be the one that decides. */
  readonly isClaimed: boolean;
  /** Whether all brokers had it as the spec says, for this very spec. */
  readonly wasSynced: boolean;
  readonly hasFinalizer: boolean;
  readonly wantsFinalizer: boolean;
  /** Since when it is to go; undefined: it is to stay. */
  readonly deletedForMs?: number | undefined;
  readonly isNamespaceTerminating: boolean;
  /** The broker sets that it asks for of which no group serves. */
  readonly missingSets: readonly string[];
  readonly brokers: readonly BrokerView<Settings>[];
}

/** Broker groups of which nobody knows what they have. */
export function silentBrokers(brokers: readonly BrokerView<unknown>[]): string[] {
  return brokers
    .filter(({ address, found }) => address === undefined || found === undefined)
    .map(({ group }) => group);
}
