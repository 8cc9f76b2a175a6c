import { afterEach, expect, test, vi } from 'vitest';
import { operatorChart } from '../charts.ts';
import { readTree } from '../tree.ts';
import { deployedOperator } from './deploy.ts';

const tree = readTree();
const chart = operatorChart(tree);
const current = tree.find(({ path }) => path === 'deploy/operator.yaml')?.text ?? '';

afterEach(() => vi.unstubAllEnvs());

function withoutHelm(): void {
  vi.stubEnv('PATH', '/nowhere');
  vi.stubEnv('HELM', '');
  vi.stubEnv('GANTRY_K8S_CACHE', '/nowhere');
}

test('what is of the chart stays, without Helm', () => {
  withoutHelm();
  expect(deployedOperator(chart, current)).toBe(current);
});

test.each([
  ['the chart has changed', [...chart, { path: 'charts/gantry-operator/new', text: '' }], current],
  ['somebody changed the file', chart, current.replace('replicas: 1', 'replicas: 2')],
  ['there is no file', chart, undefined],
])('it has to be made when %s, and Helm is asked for', (_why, files, text) => {
  withoutHelm();
  expect(() => deployedOperator(files, text)).toThrow('needs helm');
});

test('no image of it is of somewhere else, and nothing of Helm is left', () => {
  expect(current.match(/image: .*/g)).toEqual([expect.stringMatching(/^image: gantry:[\d.]+$/)]);
  expect(current).not.toContain('helm.sh');
  expect(current).not.toContain('{{');
});
