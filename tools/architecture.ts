/**
 * Who may import whom, lowest first. This table is the architecture: `test/architecture.test.ts`
 * enforces it and `tools/diagram.ts` draws ARCHITECTURE.md from it, so neither can drift.
 */
export const mayImport: Readonly<Record<string, readonly string[]>> = {
  runtime: [],
  protocol: ['runtime'],
  config: ['runtime'],
  metrics: ['runtime', 'config'],
  remoting: ['runtime', 'protocol', 'metrics'],
  store: ['runtime', 'protocol', 'metrics'],
  nameserver: ['runtime', 'protocol', 'config', 'metrics', 'remoting'],
  broker: ['runtime', 'protocol', 'config', 'metrics', 'remoting', 'store'],
  client: ['runtime', 'protocol', 'remoting'],
  operator: ['runtime', 'config', 'metrics', 'client'],
  cli: ['runtime', 'protocol', 'config', 'metrics', 'nameserver', 'broker', 'client', 'operator'],
};

/** Layers as the picture shows them, highest first. */
export const layers: readonly (readonly string[])[] = [
  ['cli', 'operator'],
  ['nameserver', 'broker', 'client'],
  ['remoting', 'store'],
  ['protocol', 'config', 'metrics'],
  ['runtime'],
];

/** Composition: the only places that may touch the machine without a `Runtime`. */
const machineRooms = ['runtime/node/', 'cli/', 'metrics/management.ts', 'operator/'];
const machine =
  /^(?:node:)?(?:fs|net|http|https|http2|tls|dgram|dns|os|child_process|worker_threads|timers|process|perf_hooks)(?:\/|$)/;
const IMPORT = /(?:^|\n)\s*(?:import|export)\b[^'"\n;]*?(?:\{[^}]*\})?[^'"\n;]*?from\s*['"]([^'"]+)['"]|import\(\s*['"]([^'"]+)['"]\s*\)|(?:^|\n)\s*import\s*['"]([^'"]+)['"]/g;

export interface Source {
  /** Relative to the repository, with `/`. */
  readonly path: string;
  readonly text: string;
}

/** What `source` imports that its layer may not, one sentence each. */
export function violations({ path, text }: Source): string[] {
  const [module = ''] = path.split('/');
  const allowed = mayImport[module];
  const inMachineRoom = path.endsWith('.test.ts') || machineRooms.some((room) => path.startsWith(room));
  const targets = [...text.matchAll(IMPORT)].map((match) => match[1] ?? match[2] ?? match[3] ?? '');

  const intoMachine = targets.filter((target) => !inMachineRoom && machine.test(target));
  const outside = targets
    .filter((target) => target.startsWith('.'))
    .map((target) => new URL(target, `file:///${path}`).pathname.slice(1))
    .map((target) => ({ other: target.split('/')[0] ?? '', target }))
    .filter(({ other }) => allowed !== undefined && other !== module);
  const beside = ['simulation', 'test', 'tools'];
  const upward = outside.filter(
    ({ other }) =>
      !allowed?.includes(other) && !(path.endsWith('.test.ts') && beside.includes(other)),
  );
  const pastTheDoor = outside.filter(
    ({ other, target }) => allowed?.includes(other) && !isDoor(target),
  );
  return [
    ...intoMachine.map((target) => `${path} uses ${target}: take it from the Runtime`),
    ...upward.map(({ other }) => `${path} imports ${other}/, which is not below ${module}/`),
    ...pastTheDoor.map(({ target }) => `${path} imports ${target}: use the door, mod.ts`),
  ];
}

/** `mod.ts` of a component, or of a part of it that is a door of its own (`runtime/node`). */
function isDoor(target: string): boolean {
  return target.endsWith('/mod.ts');
}
