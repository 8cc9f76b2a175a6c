export { type NameServerConfig, nameServerSchema } from './config.ts';
export { type NameServer, type NameServerOptions, startNameServer } from './main.ts';
