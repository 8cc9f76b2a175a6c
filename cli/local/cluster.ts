/**
 * From a manifest to what a supervisor is to run: the schemas and builders of the operator, then
 * the pods as processes. Loaded only for `up`: schemas and YAML take their time.
 */
import {
  type BrokerSet,
  type Components,
  componentObjects,
  forbiddenChanges,
  ManifestError,
  type ManifestProblem,
  type NameServer,
  type Rendered,
  readManifest,
} from '../../operator/mod.ts';
import { type Address, formatAddress } from '../../runtime/mod.ts';
import { CommandError } from '../command-error.ts';
import { hint } from '../hint.ts';
import { ownVersion } from '../version.ts';
import { localProcesses } from './local-process.ts';
import { allocate, expose, firstLocalPort, loopbackPrefix } from './networks.ts';
import { podsOf } from './pods.ts';
import { canBind } from './port-holder.ts';
import { judges, refusedFiles } from './role-files.ts';
import { type Desired, StateFolder } from './state-folder.ts';

export interface Wanted {
  readonly file: string;
  readonly text: string;
  /** Where the state of all clusters is. */
  readonly root: string;
  readonly name?: string | undefined;
  readonly nameServer: Address;
}

export interface Prepared {
  readonly folder: StateFolder;
  readonly desired: Desired;
  /** Fields that mean something on Kubernetes only. */
  readonly notes: readonly string[];
}

/** Throws when the manifest is wrong, or what runs already may not become what it says. */
export async function prepare({ file, text, root, name, nameServer }: Wanted): Promise<Prepared> {
  const components = readManifest(text, { file, name, judges });
  refuseOtherVersions(components, file);
  const folder = new StateFolder(root, name ?? clusterName(components));
  refuseForbiddenChanges(components, folder, { file, name });

  const objects = componentObjects(components, ownVersion());
  const pods = podsOf(objects);
  const prefix = loopbackPrefix(folder.path);
  const networks = allocate(pods, {
    prefix: (await canBind(`${prefix}.1`)) ? prefix : undefined,
    firstPort: firstLocalPort(folder.path),
    before: folder.findDesired()?.networks ?? {},
  });
  const processes = localProcesses({
    objects,
    pods,
    networks: expose(networks, pods, nameServer),
    folders: { claims: folder.claims, pods: folder.pods },
  });
  refuse(file, refusedFiles(processes));
  const nameServers = processes
    .filter(({ role }) => role === 'nameserver')
    .map(({ host, port }) => formatAddress({ host, port }));
  return {
    folder,
    desired: { cluster: folder.cluster, networks, nameServers, processes },
    notes: notesOn(objects),
  };
}

function clusterName({ clusters, nameServers, brokerSets }: Components): string {
  const [first] = [...clusters, ...nameServers, ...brokerSets];
  if (clusters.length > 1 || first === undefined) {
    const message = 'The file has several clusters: say --name, or start them one by one';
    throw new CommandError('Usage', message);
  }
  return first.metadata.name;
}

type Component = NameServer | BrokerSet;

function refuseOtherVersions({ nameServers, brokerSets }: Components, file: string): void {
  const own = ownVersion();
  const others = [...nameServers, ...brokerSets].filter(({ spec }) => {
    return spec.version !== undefined && spec.version !== own;
  });
  refuse(
    file,
    others.map(({ kind, metadata, spec }) => ({
      place: `${kind} ${metadata.name}`,
      path: 'spec.version',
      message: `${spec.version} is not this gantry, ${own}, and a local cluster runs no other; leave it out`,
    })),
  );
}

/** What is on disk was made by the manifest before: a change of it obeys the same rules. */
function refuseForbiddenChanges(
  now: Components,
  folder: StateFolder,
  { file, name }: { readonly file: string; readonly name: string | undefined },
): void {
  const kept = folder.findManifest();
  if (kept === undefined) return;
  const before = componentsOf(readManifest(kept, { file: 'manifest.yaml', name }));
  const problems = componentsOf(now).flatMap((component) => {
    const { kind, metadata } = component;
    const old = before.find((one) => one.kind === kind && one.metadata.name === metadata.name);
    const forbidden = old === undefined ? [] : forbiddenChanges(component, old);
    return forbidden.map((problem) => ({ ...problem, place: `${kind} ${metadata.name}` }));
  });
  const gone = before.filter(({ kind, metadata }) => {
    const still = componentsOf(now).some((one) => {
      return one.kind === kind && one.metadata.name === metadata.name;
    });
    return kind === 'BrokerSet' && !still;
  });
  refuse(file, [
    ...problems,
    ...gone.map(({ metadata }) => ({
      place: `BrokerSet ${metadata.name}`,
      path: '',
      message: `is in ${folder.path} and not in this file: taking a set away comes with draining; keep it, use another --name, or \`${hint('down --delete-data', { name: folder.cluster, state: folder.root })}\` first`,
    })),
  ]);
}

function componentsOf({ nameServers, brokerSets }: Components): Component[] {
  return [...nameServers, ...brokerSets];
}

function refuse(file: string, problems: readonly ManifestProblem[]): void {
  if (problems.length > 0) throw new ManifestError(file, problems);
}

/** Said, so that nobody believes a limit to hold that does not. */
function notesOn(objects: readonly Rendered[]): string[] {
  const sets = objects.filter((object) => object.kind === 'StatefulSet');
  const has = (field: string): boolean =>
    sets.some(({ spec }) => spec.template.spec[field] !== undefined);
  const containers = sets.map(({ spec }) => spec.template.spec.containers[0]);
  const ignored = [
    ...['nodeSelector', 'affinity', 'tolerations', 'runtimeClassName', 'priorityClassName'].filter(
      has,
    ),
    ...(containers.some(({ resources }) => Object.keys(resources).length > 0) ? ['resources'] : []),
    ...(containers.some(({ image }) => !image.startsWith('gantry:')) ? ['image'] : []),
  ];
  if (ignored.length === 0) return [];
  return [`Only Kubernetes knows what to do with: ${ignored.join(', ')}`];
}
