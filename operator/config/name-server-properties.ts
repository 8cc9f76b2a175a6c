/** `namesrv.conf`: what the fields of a NameServer mean to a name server. */
import type { NameServerSpec } from '../api/name-server.ts';
import { DATA_FOLDER } from './folders.ts';

export function nameServerProperties(spec: NameServerSpec): Record<string, string> {
  return { ...spec.config, kvConfigPath: `${DATA_FOLDER}/kvConfig.json` };
}
