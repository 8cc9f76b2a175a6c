/**
 * What a container would find under its names, put in their place: host names of pods and Services
 * become addresses, mount paths become folders. In one pass, so that nothing that was put in is
 * taken for a name again. Pure.
 */
import type { Rendered } from '../../operator/mod.ts';
import type { Networks, PodNetwork } from './networks.ts';
import type { Pod } from './pods.ts';

export type Substitute = (text: string) => string;

export interface Names {
  /** By host name, without the cluster's domain. */
  readonly hosts: ReadonlyMap<string, PodNetwork>;
  /** By mount path. */
  readonly folders: ReadonlyMap<string, string>;
}

/** Each pod under its Service, and each Service as the first of its pods. */
export function hostNames(
  objects: readonly Rendered[],
  pods: readonly Pod[],
  networks: Networks,
): Map<string, PodNetwork> {
  const hosts = new Map<string, PodNetwork>();
  for (const pod of pods) {
    const network = networks[pod.name];
    if (network === undefined) continue;
    hosts.set(`${pod.name}.${pod.serviceName}.${pod.namespace}.svc`, network);
    for (const object of objects) {
      if (object.kind !== 'Service' || object.metadata.namespace !== pod.namespace) continue;
      const { labels } = pod.template.metadata;
      const selects = Object.entries(object.spec.selector).every(([key, value]) => {
        return labels[key] === value;
      });
      const name = `${object.metadata.name}.${object.metadata.namespace}.svc`;
      if (selects && !hosts.has(name)) hosts.set(name, network);
    }
  }
  return hosts;
}

export function substitution({ hosts, folders }: Names): Substitute {
  const names = alternatives([...hosts.keys()]);
  const paths = alternatives([...folders.keys()]);
  // In a properties file the colon before a port is escaped.
  const host = `(?<![\\w.-])(?<name>${names})(?:\\.cluster\\.local)?(?:(?<colon>\\\\?:)(?<port>\\d+))?(?![\\w-])`;
  const folder = `(?<![\\w.\\-/])(?<path>${paths})(?![\\w.-])`;
  const pattern = new RegExp(`${host}|${folder}`, 'g');
  return (text) =>
    text.replace(pattern, (whole: string, ...rest: unknown[]) => {
      const groups = rest.at(-1) as Readonly<Record<string, string | undefined>>;
      const { name, colon = '', port, path } = groups;
      if (path !== undefined) return folders.get(path) ?? whole;
      const network = hosts.get(name ?? '');
      if (network === undefined) return whole;
      if (port === undefined) return network.host;
      return `${network.host}${colon}${network.ports[Number(port)] ?? port}`;
    });
}

/** Longest first, so that a name is not taken for the beginning of another. */
function alternatives(names: readonly string[]): string {
  const sorted = [...names].sort((left, right) => right.length - left.length);
  // A group that is empty would match everywhere.
  return sorted.length === 0 ? '(?!)' : sorted.map(escapeRegExp).join('|');
}

function escapeRegExp(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&');
}
