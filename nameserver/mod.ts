export {
  type NameServerConfig,
  nameServerOptions,
  nameServerSchema,
} from './config.ts';
export { type NameServer, type NameServerOptions, startNameServer } from './main.ts';
export { nameServerMetrics } from './metrics.ts';
