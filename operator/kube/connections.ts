/**
 * The agent that keeps connections to the API server: one at a time, made anew when keys or
 * certificates are others. One that is replaced serves the requests it has and closes.
 */
import { Agent as HttpAgent } from 'node:http';
import { Agent, type AgentOptions } from 'node:https';
import { canonicalHash } from './canonical.ts';

/** What of the options of a request concerns TLS, and with it a connection. */
const TLS_MEMBERS = ['ca', 'cert', 'key', 'pfx', 'passphrase', 'rejectUnauthorized', 'servername'];

export class Connections {
  readonly #isPlain: boolean;
  #material = '';
  #agent: Agent | HttpAgent | undefined;

  constructor(server: string) {
    this.#isPlain = server.startsWith('http:');
  }

  /** Of `options` only what concerns TLS is looked at. */
  agentFor(options: object): Agent | HttpAgent {
    const tls = Object.fromEntries(
      Object.entries(options).filter(([name, value]) => {
        return TLS_MEMBERS.includes(name) && value !== undefined;
      }),
    ) as AgentOptions;
    const material = canonicalHash(tls);
    if (this.#agent !== undefined && material === this.#material) return this.#agent;
    // No limit: watches hold a connection each, and who else asks are workers, one each.
    const shared = { keepAlive: true, scheduling: 'lifo' } as const;
    this.#agent = this.#isPlain ? new HttpAgent(shared) : new Agent({ ...shared, ...tls });
    this.#material = material;
    return this.#agent;
  }

  close(): void {
    this.#agent?.destroy();
  }
}
