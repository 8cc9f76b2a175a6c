/** All objects of the components of a manifest file, their references resolved. Pure. */
import type { Components } from '../api/manifest.ts';
import { brokerSetObjects } from './broker-set.ts';
import type { Rendered } from './kubernetes.ts';
import { nameServerAddresses, nameServerObjects } from './name-server.ts';

export function componentObjects(components: Components, version: string): Rendered[] {
  const { nameServers, brokerSets } = components;
  const addresses = new Map(
    nameServers.map((one) => [
      `${one.metadata.namespace}/${one.metadata.name}`,
      nameServerAddresses(one),
    ]),
  );
  return [
    ...nameServers.flatMap((nameServer) => nameServerObjects(nameServer, version)),
    ...brokerSets.flatMap((brokerSet) => {
      const { ref, addresses: outside = [] } = brokerSet.spec.nameServers;
      const own = ref && addresses.get(`${brokerSet.metadata.namespace}/${ref.name}`);
      return brokerSetObjects(brokerSet, { version, nameServers: own ?? outside });
    }),
  ];
}
