/**
 * Who may import whom, lowest first. This table is the architecture: `test/architecture.test.ts`
 * enforces it and `tools/diagram.ts` draws ARCHITECTURE.md from it, so neither can drift.
 */
import { importsOf } from './imports.ts';

export const mayImport: Readonly<Record<string, readonly string[]>> = {
  runtime: [],
  protocol: ['runtime'],
  config: ['runtime'],
  metrics: ['runtime'],
  remoting: ['runtime', 'protocol', 'metrics'],
  store: ['runtime', 'protocol', 'metrics'],
  nameserver: ['runtime', 'protocol', 'config', 'metrics', 'remoting'],
  broker: ['runtime', 'protocol', 'config', 'metrics', 'remoting', 'store'],
  client: ['runtime', 'protocol', 'remoting'],
  operator: ['runtime', 'config', 'metrics', 'client'],
  cli: ['runtime', 'protocol', 'config', 'metrics', 'nameserver', 'broker', 'client', 'operator'],
};

/** Layers as the picture shows them, highest first; every import goes at least one line down. */
export const layers: readonly (readonly string[])[] = [
  ['cli'],
  ['operator'],
  ['nameserver', 'broker', 'client'],
  ['remoting', 'store'],
  ['protocol', 'config', 'metrics'],
  ['runtime'],
];

interface Layering {
  readonly mayImport: Readonly<Record<string, readonly string[]>>;
  readonly layers: readonly (readonly string[])[];
}

/**
 * The same inside a component of many parts: a part is a folder, or a file of the component that
 * parts use. Files are imported, not doors; the component's other files bring the parts together
 * and are imported by none of them.
 */
export const inside: Readonly<Record<string, Layering>> = {
  operator: {
    mayImport: {
      api: [],
      access: [],
      'metrics.ts': [],
      config: ['api'],
      resources: ['api', 'config'],
      kube: ['api', 'access', 'metrics.ts'],
      monitoring: ['api'],
      workload: ['api', 'access', 'config', 'resources', 'kube'],
      entity: ['api', 'access', 'resources', 'kube', 'workload'],
      later: ['kube'],
      nameserver: ['api', 'access', 'config', 'resources', 'kube', 'workload'],
      brokerset: ['api', 'access', 'config', 'resources', 'kube', 'workload'],
      topic: ['api', 'access', 'kube', 'entity'],
      consumergroup: ['api', 'access', 'kube', 'entity'],
      cluster: ['api', 'kube', 'monitoring', 'workload'],
    },
    layers: [
      ['cluster', 'nameserver', 'brokerset', 'topic', 'consumergroup', 'later'],
      ['entity'],
      ['workload'],
      ['kube'],
      ['resources'],
      ['config', 'monitoring'],
      ['api', 'access', 'metrics.ts'],
    ],
  },
};

/** Import anything through its door; nothing but tests imports them. */
export const beside: readonly string[] = ['simulation', 'test', 'bench', 'tools'];

/** Programs are run, not imported: they have no door, and tests of whole programs look inside. */
const programs: readonly string[] = ['cli'];

/** Composition: the only places that may touch the machine without a `Runtime`. */
const machineRooms = ['runtime/node/', 'cli/', 'metrics/management.ts', 'operator/'];
const machine =
  /^(?:node:)?(?:fs|net|http|http2|https|tls|dgram|dns|os|child_process|worker_threads|cluster|timers|process|perf_hooks|inspector|readline|repl|tty|sqlite|v8|vm)(?:\/|$)/;

/** Packages by others: where each may be used, so that a layer's reach can be read here. */
const packages: Readonly<Record<string, readonly string[]>> = {
  '@node-rs/crc32': ['protocol/crc32.ts'],
  pino: ['runtime/node/'],
  'prom-client': ['metrics/exposition.ts'],
  '@kubernetes/client-node': ['operator/kube/'],
  typebox: ['operator/'],
  yaml: ['operator/', 'cli/'],
  commander: ['cli/'],
};

export interface Source {
  /** Relative to the repository, with `/`. */
  readonly path: string;
  readonly text: string;
}

/** What `source` imports that its layer may not, one sentence each. */
export function violations({ path, text }: Source): string[] {
  const { targets, computed } = importsOf(text);
  const isLayered = Object.hasOwn(mayImport, path.split('/')[0] ?? '');
  const isTest = path.endsWith('.test.ts');
  return [
    ...targets.flatMap((target) => {
      if (target.startsWith('.')) return wrongPlace(path, target);
      return isLayered && !isTest ? wrongPackage(path, target) : [];
    }),
    ...computed
      .filter(() => isLayered && !isTest)
      .map((name) => `${path} imports ${name}: name the module, so that its layer can be told`),
  ];
}

function wrongPackage(path: string, target: string): string[] {
  if (machine.test(target)) {
    if (machineRooms.some((room) => path.startsWith(room))) return [];
    return [`${path} uses ${target}: take it from the Runtime`];
  }
  if (target.startsWith('node:')) return [];
  const name = target.split('/', target.startsWith('@') ? 2 : 1).join('/');
  const places = Object.hasOwn(packages, name) ? (packages[name] ?? []) : [];
  if (places.some((place) => path.startsWith(place))) return [];
  const right = places.length === 0 ? 'nowhere' : places.join(' and ');
  return [`${path} uses the package ${name}, which is for ${right}: see tools/architecture.ts`];
}

function wrongPlace(path: string, target: string): string[] {
  const resolved = new URL(target, `file:///${path}`).pathname.slice(1);
  const isTest = path.endsWith('.test.ts');
  if (isFixture(resolved) && !isTest && !isFixture(path)) {
    return [`${path} imports ${resolved}, which is for tests`];
  }
  const component = path.split('/')[0] ?? '';
  if (resolved.split('/')[0] !== component) return wrongNeighbour(path, target, resolved);
  // A test may look at whatever its component makes of its subject.
  return isTest ? [] : wrongPart(path, resolved);
}

function isFixture(path: string): boolean {
  return path.includes('/fixtures/');
}

function wrongPart(path: string, resolved: string): string[] {
  const [component = '', part = ''] = path.split('/');
  const [, other = ''] = resolved.split('/');
  const layering = Object.hasOwn(inside, component) ? inside[component] : undefined;
  if (layering === undefined || other === part) return [];
  const { mayImport: below } = layering;
  const isPart = Object.hasOwn(below, part);
  // What is no part composes; a folder that nobody has placed is a mistake.
  if (!isPart && path.split('/').length === 2) return [];
  if (isPart && below[part]?.includes(other) === true) return [];
  return [`${path} imports ${component}/${other}, which is not below ${component}/${part}`];
}

function wrongNeighbour(path: string, target: string, resolved: string): string[] {
  const [module = ''] = path.split('/');
  const [other = ''] = resolved.split('/');
  if (module === 'tools') return [];
  if (beside.includes(other)) {
    // One test may stand on another's apparatus; what is shipped may not stand on a test's.
    if (path.endsWith('.test.ts') || beside.includes(module)) return [];
    return [`${path} imports ${other}/, which is not below ${module}/`];
  }
  const allowed = mayImport[module];
  if (allowed !== undefined && !allowed.includes(other)) {
    return [`${path} imports ${other}/, which is not below ${module}/`];
  }
  const isOpen = target.endsWith('/mod.ts') || programs.includes(other);
  return isOpen ? [] : [`${path} imports ${target}: use the door, mod.ts`];
}
