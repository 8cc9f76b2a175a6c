/** What tools keep in the key-value table, and the settings of the name server itself. */
import { changeSettings, formatAnswer, printConfig } from '../config/mod.ts';
import { kvTable } from '../protocol/bodies/mod.ts';
import { Failure, type nameServerRequests } from '../protocol/mod.ts';
import type { Handlers } from '../remoting/mod.ts';
import { nameServerSchema } from './config.ts';
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

const REFUSALS = {
  malformed: 'InternalError',
  forbidden: 'NoPermission',
  wrong: 'InvalidParameter',
} as const;

function update({ config, configFile, disk, log }: NameServerParts, text: string): void {
  const blackList = [...PROTECTED, ...config.configBlackList.split(';')];
  const place = { disk, file: configFile, blackList };
  const outcome = changeSettings(nameServerSchema, config, text, place);
  if ('refused' in outcome) throw new Failure(REFUSALS[outcome.refused], outcome.message);
  const { changed, unkept } = outcome;
  if (changed.length > 0) log.info('Settings changed', { changed });
  if (unkept !== undefined) log.warn('Settings hold until a restart', { changed, unkept });
}

function requireKey(namespace: string, key: string): void {
  if (namespace !== '' && key !== '') return;
  throw new Failure('InternalError', 'namespace or key is null');
}
