export { nodeClock } from './clock.ts';
export { nodeDisk } from './disk.ts';
export { type NodeRuntimeOptions, nodeRuntime } from './node-runtime.ts';
