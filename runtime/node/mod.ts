export { nodeClock } from './clock.ts';
export { nodeDisk } from './disk.ts';
export { nodeNetwork } from './network.ts';
export { type NodeRuntimeOptions, nodeLog, nodeRuntime } from './node-runtime.ts';
export { nodeRandom } from './random.ts';
