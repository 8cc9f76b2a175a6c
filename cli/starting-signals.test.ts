import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const MODULE = fileURLToPath(new URL('starting-signals.ts', import.meta.url));

/** How a process ends that asks for signals, does `then`, and is told to stop. */
function endOf(then: string): { readonly status: number | null; readonly signal: string | null } {
  const code = `
    const { endOnSignals, leaveSignals } = await import(${JSON.stringify(MODULE)});
    endOnSignals();
    ${then}
    setTimeout(() => process.exit(7), 60_000);
    process.kill(process.pid, 'SIGTERM');`;
  return spawnSync(process.execPath, ['--input-type=module', '-e', code]);
}

test('a role that is told to stop while it starts ends at once, and well', () => {
  expect(endOf('')).toMatchObject({ status: 0, signal: null });
});

test('once it has started, what it asked for then is gone', () => {
  expect(endOf('leaveSignals();')).toMatchObject({ status: null, signal: 'SIGTERM' });
});
