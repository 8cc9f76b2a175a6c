/**
 * What the keys of a role's file mean to it, asked of the role's own table of options: which take
 * effect in a running process, which values it refuses, what it does where a key is left out.
 *
 * The table is that of this version. A process of another version may know other keys, so what is
 * told to a process is limited to the keys that it shows.
 */
import {
  ConfigError,
  type Host,
  loadConfig,
  type Options,
  printConfig,
  type Schema,
} from '../../config/mod.ts';

export type Properties = Readonly<Record<string, string>>;

export interface KeyTable {
  /** Whether a running process takes a change of `key`; else only its next start does. */
  isLive(key: string): boolean;
  /** Why the role would not start with `properties`, by key; `''` for what no single key says. */
  refusals(properties: Properties): ReadonlyMap<string, string>;
  /** Each live key with the value it has in a process that starts with `properties`. */
  liveSettings(properties: Properties): Properties;
}

/** Defaults that follow from the machine are read at start only, so that any machine will do. */
const NO_HOST: Host = { name: 'pod', address: '127.0.0.1', homeFolder: '/', environment: {} };

export function keyTable<T extends Options>(schema: Schema<T>): KeyTable {
  const isLive = (key: string): boolean =>
    Object.hasOwn(schema.options, key) && schema.options[key]?.live === true;
  const load = (properties: Properties) =>
    loadConfig(schema, {
      assignments: Object.entries(properties).map(([key, value]) => `${key}=${value}`),
      host: NO_HOST,
    });
  return {
    isLive,
    refusals: (properties) => {
      try {
        load(properties);
        return new Map();
      } catch (error) {
        if (!(error instanceof ConfigError)) throw error;
        return byKey(error, Object.keys(properties));
      }
    },
    liveSettings: (properties) => {
      const all = printConfig(schema, load(properties).config);
      return Object.fromEntries([...all].filter(([key]) => isLive(key)));
    },
  };
}

/** A table for where every change is a restart: nothing is live, nothing refused here. */
export const everyKeyRestarts: Pick<KeyTable, 'isLive'> = { isLive: () => false };

function byKey({ problems }: ConfigError, keys: readonly string[]): Map<string, string> {
  return new Map(
    problems.map(({ place, message }) => {
      const position = /^argument (\d+)$/.exec(place)?.[1];
      const key = position === undefined ? '' : (keys[Number(position) - 1] ?? '');
      return [key, message];
    }),
  );
}
