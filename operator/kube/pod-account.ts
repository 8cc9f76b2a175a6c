/**
 * The service account of the pod we run in, as Kubernetes mounts it: a token that is replaced long
 * before it ends, the certificate of the API server's authority, a namespace.
 *
 * The files are read anew every minute and when the API server refuses the token. While one of them
 * cannot be read what was read before goes on to be used: the API server says when it is too old.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Account, Surroundings } from './account.ts';
import { Connections } from './connections.ts';
import { CredentialsError } from './errors.ts';

interface Material {
  readonly token: string;
  readonly ca: string;
}

const REREAD_MS = 60_000;

export function podAccount(folder: string, { clock, environment }: Surroundings): Account {
  const server = serverOf(environment);
  const connections = new Connections(server);
  let material = readMaterial(folder);
  let readMs = clock.monotonicMs();
  const current = (): Material => {
    const nowMs = clock.monotonicMs();
    if (nowMs - readMs < REREAD_MS) return material;
    material = findMaterial(folder) ?? material;
    readMs = nowMs;
    return material;
  };
  return {
    namespace: readIn(folder, 'namespace'),
    credentials: {
      server,
      options: () => {
        const { token, ca } = current();
        const headers = { Authorization: `Bearer ${token}` };
        return Promise.resolve({ headers, agent: connections.agentFor({ ca }) });
      },
      renew: () => {
        readMs = Number.NEGATIVE_INFINITY;
      },
      close: () => connections.close(),
    },
  };
}

function serverOf(environment: Surroundings['environment']): string {
  const { KUBERNETES_SERVICE_HOST: host = '', KUBERNETES_SERVICE_PORT: port = '' } = environment;
  if (host === '' || port === '') {
    throw new CredentialsError(
      'Unusable',
      'Cannot find the API server: a pod has its address in KUBERNETES_SERVICE_HOST and ' +
        `KUBERNETES_SERVICE_PORT, which are "${host}" and "${port}"`,
    );
  }
  return `https://${host.includes(':') ? `[${host}]` : host}:${port}`;
}

/** Undefined while the files cannot be read. */
function findMaterial(folder: string): Material | undefined {
  try {
    return readMaterial(folder);
  } catch {
    return undefined;
  }
}

function readMaterial(folder: string): Material {
  return { token: readIn(folder, 'token'), ca: readIn(folder, 'ca.crt') };
}

function readIn(folder: string, name: string): string {
  const file = join(folder, name);
  try {
    const text = readFileSync(file, 'utf8').trim();
    if (text !== '') return text;
  } catch (error) {
    const { message } = error as Error;
    const sentence = `Cannot read the account of the pod: ${message}`;
    throw new CredentialsError('Unusable', sentence, { cause: error });
  }
  throw new CredentialsError('Unusable', `Cannot read the account of the pod: ${file} is empty`);
}
