/**
 * Labels of everything rendered. The selector is the smallest part that is unique to its owner and
 * never changes: a StatefulSet's cannot.
 */
import { CLUSTER_LABEL } from '../api/children.ts';
import type { Metadata } from '../api/metadata.ts';
import { labels, MANAGED_BY } from '../api/vocabulary/labels.ts';

/** On pods of brokers: `master` or `slave`. For Services and people; nothing is decided by it. */
export const ROLE_LABEL = labels.role.name;

export type Component = 'nameserver' | 'broker';

export type Labels = Readonly<Record<string, string>>;

export interface Owner {
  readonly component: Component;
  readonly metadata: Metadata;
  readonly version: string;
  /** The broker group, for what belongs to one. */
  readonly group?: string;
  /** Name of the cluster among its clients, where the data is part of one. */
  readonly clusterName?: string;
}

export function selectorOf({ component, metadata, group }: Owner): Labels {
  return {
    [labels.component.name]: component,
    [labels.instance.name]: metadata.name,
    [labels.name.name]: 'gantry',
    ...(group === undefined ? {} : { [labels.brokerGroup.name]: group }),
  };
}

export function labelsOf(owner: Owner): Labels {
  const { component, metadata, version } = owner;
  return {
    ...selectorOf(owner),
    [labels.managedBy.name]: MANAGED_BY,
    [labels.partOf.name]: 'gantry',
    [labels.version.name]: version,
    [CLUSTER_LABEL]: metadata.labels[CLUSTER_LABEL] ?? metadata.name,
    ...(component === 'broker' ? { [labels.brokerSet.name]: metadata.name } : {}),
  };
}

/** Whose data a volume holds, as the annotation `gantrymq.io/owner` of its claim says. */
export function dataOwner({ component, metadata, group, clusterName }: Owner): string {
  const { namespace, name } = metadata;
  const kind = component === 'broker' ? 'BrokerSet' : 'NameServer';
  const data = [group, clusterName].filter((part) => part !== undefined);
  return [kind, namespace, name, ...data].join('/');
}

/** A selector as `kubectl -l` takes it, and the scale subresource. */
export function selectorText(selector: Labels): string {
  return Object.entries(selector)
    .map(([name, value]) => `${name}=${value}`)
    .join(',');
}
