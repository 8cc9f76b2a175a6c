/** The version of this Gantry, from its package. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Works for the sources as for what is built of them, one folder deeper. */
export function ownVersion(): string {
  for (const above of ['..', '../..']) {
    try {
      const text = readFileSync(join(import.meta.dirname, above, 'package.json'), 'utf8');
      return (JSON.parse(text) as { version: string }).version;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    }
  }
  throw new Error(`Cannot find package.json above ${import.meta.dirname}`);
}
