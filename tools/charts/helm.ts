/** Helm, for what only a rendered chart can say: on the PATH, named by HELM, or beside the tests' Kubernetes. */
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, join } from 'node:path';

/** The program's path; undefined when this machine has none. */
export function findHelm(): string | undefined {
  const { HELM, PATH = '', GANTRY_K8S_CACHE } = process.env;
  const cache = GANTRY_K8S_CACHE ?? join(homedir(), '.cache/gantry-kubernetes');
  const folders = [...PATH.split(delimiter), join(cache, 'bin')];
  const candidates = [HELM ?? '', ...folders.map((folder) => join(folder, 'helm'))];
  return candidates.find((path) => path !== '' && existsSync(path));
}

/** What `helm template` makes of the chart in `folder`. */
export function renderChart(
  helm: string,
  folder: string,
  { release, namespace, values = [] }: Release,
): string {
  const settings = values.flatMap((value) => ['--set', value]);
  const options = ['--namespace', namespace, '--kube-version', '1.34.0', ...settings];
  return execFileSync(helm, ['template', release, folder, ...options], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}

interface Release {
  readonly release: string;
  readonly namespace: string;
  /** `name=value` as `--set` takes them. */
  readonly values?: readonly string[];
}
