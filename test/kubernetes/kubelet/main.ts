/**
 * A played node as a program of its own, so that it can be killed or frozen. Its pods are its
 * children and die with it, as with a node that loses power.
 */
import { basename, dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import type { Machine } from '../../../cli/local/machine.ts';
import { nodeMachine } from '../../../cli/local/node-machine.ts';
import { StateFolder } from '../../../cli/local/state-folder.ts';
import { nodeRuntime } from '../../../runtime/node/mod.ts';
import { KubeApi } from '../kube-api.ts';
import { Kubelet } from './kubelet.ts';
import { paperMachine } from './paper-machine.ts';

const GANTRY = fileURLToPath(new URL('../../../bin/gantry', import.meta.url));

const { values } = parseArgs({
  options: {
    kubeconfig: { type: 'string', default: '' },
    node: { type: 'string', default: 'node1' },
    folder: { type: 'string', default: '' },
    seed: { type: 'string', default: '' },
    paper: { type: 'boolean', default: false },
  },
});

const runtime = nodeRuntime();
const { clock } = runtime;
const onPaper = values.paper ? paperMachine(runtime, values.seed) : undefined;

function machineIn(folder: string): Machine {
  const state = new StateFolder(dirname(folder), basename(folder));
  state.make();
  return nodeMachine({
    clock,
    folder: state,
    gantry: ['setpriv', '--pdeathsig', 'KILL', GANTRY],
    environment: process.env,
  });
}

const kubelet = new Kubelet({
  api: new KubeApi(values.kubeconfig),
  node: values.node,
  folder: values.folder,
  seed: values.seed,
  machine: (folder) => onPaper ?? machineIn(folder),
  onError: (error) => {
    console.error(new Date().toISOString(), error);
  },
});

for (const signal of ['SIGTERM', 'SIGINT'] as const) {
  process.once(signal, () => void kubelet.stop().then(() => process.exit(0)));
}
await kubelet.start();
console.log('ready');
