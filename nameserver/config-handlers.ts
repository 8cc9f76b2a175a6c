/** What tools keep in the key-value table, and the settings of the name server itself. */
import {
  ConfigError,
  editProperties,
  formatAnswer,
  parseProperties,
  printConfig,
  updateConfig,
} from '../config/mod.ts';
import { kvTable } from '../protocol/bodies/mod.ts';
import { Failure, type nameServerRequests } from '../protocol/mod.ts';
import type { Handlers } from '../remoting/mod.ts';
import { nameServerSchema } from './config.ts';
import { readText, replaceFile } from './durable-file.ts';
import type { NameServerParts } from './parts.ts';

type Table = typeof nameServerRequests;

/** Never to be changed from outside, whatever `configBlackList` says. */
const PROTECTED = ['configBlackList', 'configStorePath', 'kvConfigPath', 'rocketmqHome'];

export function configHandlers(
  parts: NameServerParts,
): Pick<
  Handlers<Table>,
  | 'PUT_KV_CONFIG'
  | 'GET_KV_CONFIG'
  | 'DELETE_KV_CONFIG'
  | 'GET_KVLIST_BY_NAMESPACE'
  | 'UPDATE_NAMESRV_CONFIG'
  | 'GET_NAMESRV_CONFIG'
> {
  const { kv, config } = parts;
  return {
    PUT_KV_CONFIG: ({ header: { namespace, key, value } }) => {
      requireKey(namespace, key);
      kv.put(namespace, key, value);
      return {};
    },

    GET_KV_CONFIG: ({ header: { namespace, key } }) => {
      requireKey(namespace, key);
      const value = kv.find(namespace, key);
      if (value !== undefined) return { header: { value } };
      throw new Failure('NotFound', `No config item, Namespace: ${namespace} Key: ${key}`);
    },

    DELETE_KV_CONFIG: ({ header: { namespace, key } }) => {
      requireKey(namespace, key);
      kv.delete(namespace, key);
      return {};
    },

    GET_KVLIST_BY_NAMESPACE: ({ header: { namespace } }) => {
      const table = kv.findNamespace(namespace);
      if (table !== undefined) return { body: kvTable.encode({ table }) };
      throw new Failure('NotFound', `No config item, Namespace: ${namespace}`);
    },

    UPDATE_NAMESRV_CONFIG: ({ body }) => {
      update(parts, body.toString());
      return {};
    },

    GET_NAMESRV_CONFIG: () => ({
      body: Buffer.from(formatAnswer(printConfig(nameServerSchema, config))),
    }),
  };
}

/** All of the changes or none; those made are written to the file the server was started from. */
function update({ config, configFile, disk, log }: NameServerParts, text: string): void {
  const { entries, malformed } = parseProperties(text);
  const [problem] = malformed;
  if (problem !== undefined) {
    const { line, message } = problem;
    throw new Failure('InternalError', `string2Properties error: line ${line}: ${message}`);
  }
  const forbidden = new Set([...PROTECTED, ...config.configBlackList.split(';')]);
  if (entries.some(({ key }) => forbidden.has(key))) {
    throw new Failure('NoPermission', 'Can not update config in black list.');
  }
  const changes = new Map(entries.map(({ key, value }) => [key, value]));
  const changed = applied(config, changes);
  if (changed.length === 0) return;
  log.info('Settings changed', { changed });
  if (configFile === undefined) return;
  const kept = changed.map((key) => [key, changes.get(key) ?? ''] as const);
  replaceFile(disk, configFile, editProperties(readText(disk, configFile), new Map(kept)));
}

function applied(
  config: NameServerParts['config'],
  changes: ReadonlyMap<string, string>,
): readonly string[] {
  try {
    return updateConfig(nameServerSchema, config, changes);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    throw new Failure('InvalidParameter', error.message, { cause: error });
  }
}

function requireKey(namespace: string, key: string): void {
  if (namespace !== '' && key !== '') return;
  throw new Failure('InternalError', 'namespace or key is null');
}
