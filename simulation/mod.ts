export type { WallClock } from './clock.ts';
export type { DiskFaults } from './disk.ts';
export type { History } from './history.ts';
export type { Host, HostOptions, Main } from './host.ts';
export type { NetworkFaults } from './network.ts';
export { Simulation, type SimulationOptions, simulated } from './simulation.ts';
