/** `bin/gantry` on machines of several kinds: which Node it takes, and what it runs with it. */
import { execFileSync, spawnSync } from 'node:child_process';
import {
  chmodSync,
  copyFileSync,
  mkdirSync,
  readFileSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { Scratch } from '../processes/scratch.ts';

let scratch: Scratch;

beforeEach(() => {
  scratch = new Scratch();
  const launcher = write('app/bin/gantry', '');
  copyFileSync(new URL('../../bin/gantry', import.meta.url), launcher);
  chmodSync(launcher, 0o755);
});

afterEach(() => {
  scratch[Symbol.dispose]();
});

function write(path: string, text: string, seconds?: number): string {
  const whole = join(scratch.path, path);
  mkdirSync(dirname(whole), { recursive: true });
  writeFileSync(whole, text);
  if (seconds !== undefined) utimesSync(whole, seconds, seconds);
  return whole;
}

/** A program that says its version, and otherwise what it was asked to run. */
function node(path: string, version: string): void {
  const program = `#!/bin/sh\nif [ "$1" = --version ]; then echo ${version}; else echo "${path} $*"; fi\n`;
  chmodSync(write(path, program), 0o755);
}

function launch(): { status: number | null; output: string } {
  const tools = dirname(execFileSync('which', ['readlink'], { encoding: 'utf8' }).trim());
  const empty = join(scratch.path, 'system');
  for (const tool of ['readlink', 'find']) {
    write(`system/${tool}`, `#!/bin/sh\nexec ${tools}/${tool} "$@"\n`);
    chmodSync(join(empty, tool), 0o755);
  }
  const { status, stdout, stderr } = spawnSync(
    join(scratch.path, 'app/bin/gantry'),
    ['broker', 'a b'],
    { env: { PATH: empty }, encoding: 'utf8' },
  );
  return { status, output: `${stdout}${stderr}`.replaceAll(scratch.path, '') };
}

const PACKAGED = 'app/dist/main.js';

test('the Node that npm brought is taken before the system has its say', () => {
  node('app/node_modules/node/bin/node', 'v24.21.0');
  node('system/node', 'v26.0.0');
  write(PACKAGED, '');
  expect(launch().output).toMatch(/^app\/node_modules\/node\/bin\/node .*main\.js broker a b\n$/);
});

test("the system's Node is taken when it is new enough", () => {
  node('system/node', 'v24.0.0');
  write(PACKAGED, '');
  expect(launch().output).toMatch(/^system\/node .*main\.js broker a b\n$/);
});

test('an old Node alone is refused with what to do', () => {
  node('system/node', 'v20.20.2');
  write(PACKAGED, '');
  expect(launch()).toEqual({
    status: 69,
    output:
      'gantry: needs Node 24 or newer (found v20.20.2 at /system/node). Run `npm ci` in /app, which brings it along.\n',
  });
});

test('no Node at all is refused with what to do', () => {
  write(PACKAGED, '');
  expect(launch()).toMatchObject({
    status: 69,
    output: expect.stringMatching(/needs Node 24 or newer\. Run/) as string,
  });
});

test('a checkout without packages is refused with what to do', () => {
  node('system/node', 'v24.0.0');
  write('app/cli/main.ts', '');
  expect(launch()).toEqual({
    status: 69,
    output: 'gantry: its packages are not installed. Run `npm ci` in /app.\n',
  });
});

test.each([
  ['what was built', { built: 2000, source: 1000, test: 3000 }, 'dist/main.js'],
  ['its sources when one is newer', { built: 2000, source: 3000, test: 1000 }, 'cli/main.ts'],
])('a checkout runs %s', (_what, { built, source, test: tested }, program) => {
  node('app/node_modules/node/bin/node', 'v24.21.0');
  write(PACKAGED, '', built);
  write('app/cli/main.ts', '', 1);
  write('app/broker/deep/main.ts', '', source);
  write('app/broker/deep/main.test.ts', '', tested);
  write('app/node_modules/some/index.ts', '', 9000);
  expect(launch().output).toContain(`/app/${program} broker a b`);
});

test('packages are installed though the sources do not compile, and that is said', () => {
  write('failing/npm', '#!/bin/sh\necho "error TS1005"\nexit 2\n');
  chmodSync(join(scratch.path, 'failing/npm'), 0o755);
  const text = readFileSync(new URL('../../package.json', import.meta.url), 'utf8');
  const { scripts } = JSON.parse(text) as { scripts: { prepare: string } };
  const { status, stderr } = spawnSync('sh', ['-c', scripts.prepare], {
    env: { PATH: `${join(scratch.path, 'failing')}:${process.env['PATH'] ?? ''}` },
    encoding: 'utf8',
  });
  expect(status).toBe(0);
  expect(stderr).toMatch(/the sources do not compile here\. bin\/gantry runs them/);
});
