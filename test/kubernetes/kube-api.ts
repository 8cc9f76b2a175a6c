/**
 * The Kubernetes API in the fewest lines that can test an operator: raw JSON over HTTPS, with what a
 * kubeconfig says. It shares no code with the operator, so a mistake there cannot cancel itself out.
 */
import { readFileSync } from 'node:fs';
import { type IncomingMessage, request as plainRequest } from 'node:http';
import { Agent, request } from 'node:https';
import { setTimeout as sleep } from 'node:timers/promises';
import { parse } from 'yaml';

/** How often a read is asked again that the server put off, such as one of a kind just made. */
const POSTPONED_READS = 30;

/** Any object, as the server gave it. */
export interface KubeObject {
  readonly apiVersion?: string;
  readonly kind?: string;
  readonly metadata: ObjectMeta;
  // oxlint-disable-next-line typescript/no-explicit-any -- tests read what they know to be there
  readonly [field: string]: any;
}

export interface ObjectMeta {
  readonly name: string;
  readonly namespace?: string;
  readonly uid: string;
  readonly resourceVersion: string;
  readonly generation?: number;
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly ownerReferences?: readonly Readonly<Record<string, unknown>>[];
  readonly finalizers?: readonly string[];
  readonly creationTimestamp: string;
  readonly deletionTimestamp?: string;
  readonly deletionGracePeriodSeconds?: number;
}

export class KubeApiError extends Error {
  readonly status: number;
  readonly reason: string;

  constructor(what: string, status: number, answer: { reason?: string; message?: string }) {
    super(`Cannot ${what}: ${status} ${answer.message ?? ''}`);
    this.status = status;
    this.reason = answer.reason ?? '';
  }
}

export type PatchType = 'merge' | 'json' | 'apply' | 'strategic';

const patchTypes: Readonly<Record<PatchType, string>> = {
  merge: 'application/merge-patch+json',
  json: 'application/json-patch+json',
  apply: 'application/apply-patch+yaml',
  strategic: 'application/strategic-merge-patch+json',
};

export interface Access {
  readonly server: string;
  readonly ca?: string | undefined;
  readonly cert?: string | undefined;
  readonly key?: string | undefined;
  readonly token?: string | undefined;
}

/** How the current context of a kubeconfig reaches its server. */
export function readAccess(kubeconfig: string): Access {
  const config = parse(readFileSync(kubeconfig, 'utf8')) as {
    clusters: readonly { cluster: Readonly<Record<string, string>> }[];
    users: readonly { user: Readonly<Record<string, string>> }[];
  };
  const cluster = config.clusters[0]?.cluster ?? {};
  const user = config.users[0]?.user ?? {};
  const decoded = (data: string | undefined): string | undefined =>
    data === undefined ? undefined : Buffer.from(data, 'base64').toString('utf8');
  return {
    server: cluster['server'] ?? '',
    ca: decoded(cluster['certificate-authority-data']),
    cert: decoded(user['client-certificate-data']),
    key: decoded(user['client-key-data']),
    token: user['token'],
  };
}

export class KubeApi implements Disposable {
  readonly access: Access;
  readonly #agent: Agent;

  constructor(kubeconfig: string) {
    this.access = readAccess(kubeconfig);
    const { ca, cert, key } = this.access;
    this.#agent = new Agent({ keepAlive: true, ca, cert, key });
  }

  /** The object at `path`; undefined when there is none. */
  async find(path: string): Promise<KubeObject | undefined> {
    try {
      return await this.read(path);
    } catch (error) {
      if (error instanceof KubeApiError && error.status === 404) return undefined;
      throw error;
    }
  }

  /** Asks again as long as the server says that it is for later ("storage is (re)initializing"). */
  async read(path: string): Promise<KubeObject> {
    for (let left = POSTPONED_READS; ; left--) {
      try {
        return await this.call('GET', path);
      } catch (error) {
        const isPostponed = error instanceof KubeApiError && error.status === 429;
        if (!isPostponed || left === 0) throw error;
      }
      await sleep(1_000);
    }
  }

  async list(path: string): Promise<readonly KubeObject[]> {
    const { items } = await this.read(path);
    return items as KubeObject[];
  }

  create(path: string, object: object): Promise<KubeObject> {
    return this.call('POST', path, { body: object, type: 'application/json' });
  }

  patch(path: string, patch: object, type: PatchType = 'merge'): Promise<KubeObject> {
    return this.call('PATCH', path, { body: patch, type: patchTypes[type] });
  }

  /** Deletes what is there; nothing when there is nothing. */
  async remove(path: string, options: object = {}): Promise<void> {
    try {
      await this.call('DELETE', path, { body: options, type: 'application/json' });
    } catch (error) {
      if (!(error instanceof KubeApiError && error.status === 404)) throw error;
    }
  }

  /** The lines of a watch as they come, until it ends or `signal` ends it. */
  async *watch(
    path: string,
    signal: AbortSignal,
  ): AsyncGenerator<{ type: string; object: KubeObject }> {
    const answer = await this.#send('GET', path, { signal });
    if (answer.statusCode !== 200) throw await failure(`watch ${path}`, answer);
    let rest = '';
    answer.setEncoding('utf8');
    for await (const text of answer) {
      const lines = (rest + String(text)).split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) yield JSON.parse(line) as { type: string; object: KubeObject };
    }
  }

  async call(
    method: string,
    path: string,
    content?: { readonly body: object; readonly type: string },
  ): Promise<KubeObject> {
    const answer = await this.#send(method, path, content);
    const { statusCode = 0 } = answer;
    if (statusCode >= 300) throw await failure(`${method} ${path}`, answer);
    return JSON.parse(await bodyOf(answer)) as KubeObject;
  }

  [Symbol.dispose](): void {
    this.#agent.destroy();
  }

  #send(
    method: string,
    path: string,
    { body, type, signal }: { body?: object; type?: string; signal?: AbortSignal } = {},
  ): Promise<IncomingMessage> {
    const { server, token } = this.access;
    const text = body === undefined ? '' : JSON.stringify(body);
    const headers = {
      // Node says nothing of the length of a DELETE's body, and the next request would be garbled.
      'content-length': Buffer.byteLength(text),
      accept: 'application/json',
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      ...(type === undefined ? {} : { 'content-type': type }),
    };
    const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
    const isPlain = server.startsWith('http:');
    const outgoing = isPlain
      ? plainRequest(server + path, { method, headers, ...(signal && { signal }) }, resolve)
      : request(
          server + path,
          { method, headers, agent: this.#agent, ...(signal && { signal }) },
          resolve,
        );
    outgoing.once('error', reject);
    outgoing.end(text);
    return promise;
  }
}

async function bodyOf(answer: IncomingMessage): Promise<string> {
  const parts: Buffer[] = [];
  for await (const part of answer) parts.push(part as Buffer);
  return Buffer.concat(parts).toString('utf8');
}

async function failure(what: string, answer: IncomingMessage): Promise<KubeApiError> {
  const body = await bodyOf(answer);
  const { statusCode = 0 } = answer;
  try {
    return new KubeApiError(what, statusCode, JSON.parse(body) as { message?: string });
  } catch {
    return new KubeApiError(what, statusCode, { message: body });
  }
}
