/**
 * A pod as a process of this machine: what a kubelet would make of its spec, with folders for
 * volumes and addresses for names. Pure: nothing is started and no file written here.
 */
import { createHash } from 'node:crypto';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { environmentName } from '../../config/mod.ts';
import type { ConfigMap, Container, Probe, Rendered } from '../../operator/mod.ts';
import { CommandError } from '../command-error.ts';
import type { Networks, PodNetwork } from './networks.ts';
import type { Pod } from './pods.ts';
import { hostNames, type Substitute, substitution } from './substitution.ts';

/** All that is needed to run a pod. Plain data: it goes to the supervisor as JSON. */
export interface LocalProcess {
  readonly pod: string;
  readonly role: string;
  /** What comes after `gantry`. */
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly files: readonly { readonly path: string; readonly text: string }[];
  /** Made before the start, kept after the end. */
  readonly folders: readonly string[];
  /** Emptied before the first start of the pod: volumes that live as long as it does. */
  readonly scratch: readonly string[];
  /** The folder a person would look for messages in. */
  readonly dataFolder: string;
  /** host:port that clients use. */
  readonly host: string;
  readonly port: number;
  readonly probes: {
    readonly startup: LocalProbe;
    readonly readiness: LocalProbe;
    readonly liveness: LocalProbe;
  };
  readonly graceMs: number;
  /** Of all of the above: a pod whose hash changes is started anew. */
  readonly hash: string;
}

export interface LocalProbe {
  readonly host: string;
  readonly port: number;
  readonly path: string;
  readonly delayMs: number;
  readonly periodMs: number;
  readonly timeoutMs: number;
  readonly failureThreshold: number;
}

/** Where the volumes of a cluster are. */
export interface VolumeFolders {
  readonly claims: string;
  readonly pods: string;
}

export interface Plan {
  readonly objects: readonly Rendered[];
  readonly pods: readonly Pod[];
  readonly networks: Networks;
  readonly folders: VolumeFolders;
}

export function localProcesses({ objects, pods, networks, folders }: Plan): LocalProcess[] {
  const hosts = hostNames(objects, pods, networks);
  return pods.map((pod) => {
    const network = networks[pod.name];
    if (network === undefined) throw new TypeError(`Pod ${pod.name} has no network`);
    const mounts = mountsOf(pod, folders);
    const substitute = substitution({
      hosts,
      folders: new Map(mounts.map(({ mountPath, folder }) => [mountPath, folder])),
    });
    return localProcess(pod, { network, mounts, substitute, configMaps: configMapsOf(objects) });
  });
}

interface Mount {
  readonly mountPath: string;
  readonly folder: string;
  readonly kind: 'claim' | 'config' | 'scratch';
  readonly configMap: string;
}

interface Place {
  readonly network: PodNetwork;
  readonly mounts: readonly Mount[];
  readonly substitute: Substitute;
  readonly configMaps: ReadonlyMap<string, ConfigMap>;
}

function localProcess(pod: Pod, { network, mounts, substitute, configMaps }: Place): LocalProcess {
  const container = onlyContainer(pod);
  const [command, ...fixed] = container.command;
  if (command !== 'gantry') {
    const message = `Pod ${pod.name} runs "${command}": only gantry itself runs as a local process`;
    throw new CommandError('Refused', message);
  }
  const variables = environmentOf(pod, container, network);
  const expand = (text: string): string => substitute(expandVariables(text, variables));
  const data = mounts.find(({ kind }) => kind === 'claim') ?? scratchData(mounts);
  const listenPort = portNamed(container, 'remoting');
  const whole = {
    pod: pod.name,
    role: pod.role,
    args: [...fixed, ...container.args].map(expand),
    env: {
      ...Object.fromEntries([...variables].map(([name, value]) => [name, substitute(value)])),
      ...addressesFor(pod.role, container, network),
      TMPDIR: mounts.find(({ mountPath }) => mountPath === '/tmp')?.folder ?? tmpdir(),
    },
    files: mounts.flatMap(({ configMap, folder }) =>
      Object.entries(configMaps.get(configMap)?.data ?? {}).map(([name, text]) => ({
        path: join(folder, name),
        text: substitute(text),
      })),
    ),
    folders: mounts.map(({ folder }) => folder),
    scratch: mounts.filter(({ kind }) => kind === 'scratch').map(({ folder }) => folder),
    dataFolder: data?.folder ?? '',
    host: network.host,
    port: network.ports[listenPort] ?? listenPort,
    probes: {
      startup: localProbe(container.startupProbe, container, network),
      readiness: localProbe(container.readinessProbe, container, network),
      liveness: localProbe(container.livenessProbe, container, network),
    },
    graceMs: pod.template.spec.terminationGracePeriodSeconds * 1000,
  };
  const hash = createHash('sha256').update(JSON.stringify(whole)).digest('hex').slice(0, 16);
  return { ...whole, hash };
}

function onlyContainer(pod: Pod): Container {
  const [container, ...sidecars] = pod.template.spec.containers;
  if (sidecars.length > 0) {
    const message = `Pod ${pod.name} has sidecars: they need a container runtime; leave \`pod.sidecars\` out for a local cluster`;
    throw new CommandError('Refused', message);
  }
  return container;
}

function mountsOf(pod: Pod, folders: VolumeFolders): Mount[] {
  const [container] = pod.template.spec.containers;
  return container.volumeMounts.map(({ name, mountPath }) => {
    const claim = pod.claims[name];
    if (claim !== undefined) {
      return { mountPath, folder: join(folders.claims, claim), kind: 'claim', configMap: '' };
    }
    const volume = pod.template.spec.volumes.find((one) => one.name === name);
    const folder = join(folders.pods, pod.name, name);
    const configMap = (volume?.['configMap'] as { name?: string } | undefined)?.name;
    if (configMap !== undefined) return { mountPath, folder, kind: 'config', configMap };
    if (volume?.['emptyDir'] !== undefined) {
      return { mountPath, folder, kind: 'scratch', configMap: '' };
    }
    const message = `Pod ${pod.name} mounts "${name}", which is neither a claim, a ConfigMap nor an emptyDir: a local cluster has no other volumes`;
    throw new CommandError('Refused', message);
  });
}

/** Data that dies with the pod is still worth finding while it lives. */
function scratchData(mounts: readonly Mount[]): Mount | undefined {
  return mounts.find(({ kind, mountPath }) => kind === 'scratch' && mountPath !== '/tmp');
}

function configMapsOf(objects: readonly Rendered[]): Map<string, ConfigMap> {
  const maps = objects.filter((object) => object.kind === 'ConfigMap');
  return new Map(maps.map((map) => [map.metadata.name, map]));
}

/** The variables of a container, in order, as each may use those before it. */
function environmentOf(pod: Pod, { env }: Container, network: PodNetwork): Map<string, string> {
  const fields: Readonly<Record<string, string>> = {
    'metadata.name': pod.name,
    'metadata.namespace': pod.namespace,
    // Advertised when asked for: where clients reach the pod.
    'status.podIP': network.host,
  };
  const variables = new Map<string, string>();
  for (const { name, value, valueFrom } of env) {
    const field = valueFrom?.fieldRef?.fieldPath;
    const known = valueFrom === undefined ? (value ?? '') : fields[field ?? ''];
    if (known === undefined) {
      const message = `Pod ${pod.name} takes ${name} from ${field ?? 'elsewhere than a field of the pod'}: a local cluster knows only ${Object.keys(fields).join(', ')}`;
      throw new CommandError('Refused', message);
    }
    variables.set(name, expandVariables(known, variables));
  }
  return variables;
}

/** `$(NAME)` as Kubernetes expands it: `$$` escapes, unknown names stay. */
function expandVariables(text: string, variables: ReadonlyMap<string, string>): string {
  return text.replace(/\$\$|\$\(([\w.-]+)\)/g, (whole, name: string | undefined) => {
    if (name === undefined) return '$';
    return variables.get(name) ?? whole;
  });
}

/** In a container all addresses are the pod's own; here a role must be told which are its. */
function addressesFor(
  role: string,
  container: Container,
  { address, host, ports }: PodNetwork,
): Record<string, string> {
  const port = (name: string): string => {
    const own = portNamed(container, name);
    return String(ports[own] ?? own);
  };
  const options = {
    bindAddress: host,
    listenPort: port('remoting'),
    managementAddress: address,
    managementPort: port('management'),
  };
  return Object.fromEntries(
    Object.entries(options).map(([option, value]) => [environmentName(role, option), value]),
  );
}

function portNamed({ name, ports }: Container, wanted: string | number): number {
  const port =
    typeof wanted === 'number' ? wanted : ports.find((one) => one.name === wanted)?.containerPort;
  if (port === undefined) throw new TypeError(`Container ${name} has no port "${wanted}"`);
  return port;
}

function localProbe(
  probe: Probe,
  container: Container,
  { address, ports }: PodNetwork,
): LocalProbe {
  const port = portNamed(container, probe.httpGet.port);
  return {
    host: address,
    port: ports[port] ?? port,
    path: probe.httpGet.path,
    delayMs: probe.initialDelaySeconds * 1000,
    periodMs: probe.periodSeconds * 1000,
    timeoutMs: probe.timeoutSeconds * 1000,
    failureThreshold: probe.failureThreshold,
  };
}
