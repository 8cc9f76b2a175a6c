export * from './blocks.ts';
export * from './clients.ts';
export * from './groups.ts';
export * from './offsets.ts';
export * from './operations.ts';
export * from './registration.ts';
export * from './route.ts';
export * from './topics.ts';
