/**
 * Who we are to the API server, where it is, and how its certificate is checked: the account of the
 * pod we run in, or a kubeconfig file. As `kubectl` looks, a file goes before the account.
 */
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import type { Account, Surroundings } from './account.ts';
import { CredentialsError } from './errors.ts';
import { podAccount } from './pod-account.ts';

const ACCOUNT_FOLDER = '/var/run/secrets/kubernetes.io/serviceaccount';

/** `file` empty: `KUBECONFIG`, `~/.kube/config`, or the pod's account. */
export async function loadCredentials(file: string, surroundings: Surroundings): Promise<Account> {
  const account = await loadAccount(file, surroundings);
  const { server } = account.credentials;
  if (URL.canParse(server)) return account;
  throw new CredentialsError(
    'Unusable',
    `Cannot find the API server: "${server}" is no address such as https://10.0.0.1:6443`,
  );
}

async function loadAccount(file: string, surroundings: Surroundings): Promise<Account> {
  const files = kubeconfigFiles(file, surroundings);
  if (files.length > 0) {
    // Only here: the library behind it takes more memory than all the rest of the operator.
    const { kubeconfigAccount } = await import('./kubeconfig.ts');
    return kubeconfigAccount(files);
  }
  const { homeFolder, accountFolder = ACCOUNT_FOLDER } = surroundings;
  if (existsSync(join(accountFolder, 'token'))) return podAccount(accountFolder, surroundings);
  throw new CredentialsError(
    'NotFound',
    `Cannot find the API server: KUBECONFIG is not set, there is no ${usualFile(homeFolder)}, ` +
      `and no account of a pod in ${accountFolder}; name a file: kubeconfig=/path/to/file`,
  );
}

function kubeconfigFiles(
  file: string,
  { environment, homeFolder }: Surroundings,
): readonly string[] {
  if (file !== '') return [file];
  const named = (environment['KUBECONFIG'] ?? '').split(delimiter).filter((one) => one !== '');
  // Of several some may be missing; all of them is a mistake, which the first one shows.
  if (named.length > 0) {
    const present = named.filter((one) => existsSync(one));
    return present.length > 0 ? present : named.slice(0, 1);
  }
  const usual = usualFile(homeFolder);
  return existsSync(usual) ? [usual] : [];
}

function usualFile(homeFolder: string): string {
  return join(homeFolder, '.kube/config');
}
