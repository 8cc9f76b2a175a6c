/** Pods belong to a StatefulSet and claims to nobody: what they are part of is on their labels. */
import { labels } from '../api/vocabulary/labels.ts';
import { type Follow, resources } from '../kube/mod.ts';
import type { Component } from '../resources/labels.ts';

/** The pods and claims of a component bring the object back that they are part of. */
export function followUnits(component: Component): Follow[] {
  const keysOf: Follow['keysOf'] = ({ metadata: { namespace, labels: own } }) => {
    const name = own?.[labels.instance.name];
    const isPart = own?.[labels.component.name] === component;
    return isPart && name !== undefined && namespace !== undefined ? [{ namespace, name }] : [];
  };
  return [
    { resource: resources.pods, keysOf },
    { resource: resources.claims, keysOf },
  ];
}
