/** A command of `gantry admin` whose terminal is two lists of lines. */
import type { Invocation } from '../../cli/admin/invocation.ts';
import type { OutputForm } from '../../cli/output.ts';
import type { Runtime } from '../../runtime/mod.ts';

export class FakeInvocation implements Invocation {
  readonly runtime: Runtime;
  readonly nameServers: readonly string[];
  readonly form: OutputForm;
  readonly gantry = 'gantry';
  readonly printed: string[] = [];
  readonly noted: string[] = [];
  readonly #interrupted = new AbortController();

  constructor(runtime: Runtime, nameServers: string, form: OutputForm = 'table') {
    this.runtime = runtime;
    this.nameServers = [nameServers];
    this.form = form;
  }

  print(text: string): void {
    this.printed.push(...text.split('\n'));
  }

  note(text: string): void {
    this.noted.push(text);
  }

  wait(): void {
    // Nobody looks.
  }

  interruption(): AbortSignal {
    return this.#interrupted.signal;
  }

  /** Ctrl-C. */
  interrupt(): void {
    this.#interrupted.abort();
  }

  /** What was printed, as the JSON it is. */
  json(): unknown {
    return JSON.parse(this.printed.join('\n'));
  }
}
