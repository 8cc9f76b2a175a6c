export { changeSettings } from './change-settings.ts';
export { ConfigError, type Problem } from './config-error.ts';
export { everyRole } from './every-role.ts';
export { brokerElsewhere } from './known-elsewhere/broker.ts';
export { nameServerElsewhere } from './known-elsewhere/nameserver.ts';
export { type Loaded, loadConfig, type Note, type Sources } from './load.ts';
export { findNearest } from './nearest.ts';
export {
  addresses,
  bytes,
  type ConfigOf,
  type Derived,
  flag,
  type Host,
  integer,
  isDerived,
  type Known,
  type Option,
  type Options,
  oneOf,
  text,
} from './options.ts';
export {
  type Entry,
  formatAnswer,
  formatProperties,
  type Parsed,
  parseProperties,
} from './properties.ts';
export { toMarkdown } from './reference.ts';
export { type Elsewhere, environmentName, type Refused, type Schema } from './schema.ts';
export { printConfig } from './update.ts';
