/** How a command ends that threw: what is said about it, and with which exit code. */
import { type ExitName, exitCodes } from './exit-codes.ts';

/**
 * The exit code of anything thrown. By name and code, not by class: this runs at every start, and
 * the components that the classes belong to are loaded only when needed.
 */
export function exitNameOf(error: unknown): ExitName {
  if (!(error instanceof Error)) return 'Failed';
  const { exit, code } = error as { exit?: unknown; code?: unknown };
  if (typeof exit === 'string' && Object.hasOwn(exitCodes, exit)) return exit as ExitName;
  if (error.name === 'AssertionError') return 'Bug';
  if (error.name === 'ConfigError' || error.name === 'ManifestError') return 'Refused';
  return BY_CODE[`${error.name}.${String(code)}`] ?? BY_CODE[error.name] ?? 'Failed';
}

const BY_CODE: Readonly<Record<string, ExitName>> = {
  'NetworkError.AddressInUse': 'PortInUse',
  'NetworkError.Refused': 'Unreachable',
  'NetworkError.TimedOut': 'Unreachable',
  'NetworkError.UnknownHost': 'Unreachable',
  'NetworkError.Reset': 'Unreachable',
  'DiskError.Locked': 'Locked',
  'DiskError.NoSpace': 'NoSpace',
  'StoreError.NewerFormat': 'NewerFormat',
  'StoreError.InUse': 'Locked',
  'StoreError.WrongIdentity': 'WrongIdentity',
  'StoreError.Unreadable': 'CorruptStore',
  'StoreError.NotSupported': 'Refused',
  'StoreError.WrongFileSize': 'Refused',
  'StoreError.BadOption': 'Refused',
  RemoteRefusal: 'Rejected',
  'CredentialsError.NotFound': 'NotFound',
  'CredentialsError.Unusable': 'Refused',
};

/** What a person reads: the message of what the world did, the whole stack of a bug. */
export function explain(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const isOurs = exitNameOf(error) !== 'Bug' && error.name !== 'TypeError';
  return isOurs ? error.message : (error.stack ?? error.message);
}
