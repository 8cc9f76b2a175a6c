/** A folder of a test's own, gone when its scope is left. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export class Scratch implements Disposable {
  readonly path = mkdtempSync(join(tmpdir(), 'gantry-test-'));

  [Symbol.dispose](): void {
    rmSync(this.path, { recursive: true, force: true });
  }
}
