/** What we ask the system: who is running, who listens. With real processes, so: this one. */
import { appendFileSync, mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { LogTail, lastLines } from './log-file.ts';
import { canBind, requireFree } from './port-holder.ts';
import { findProcess, isRunning, signal } from './process-identity.ts';

describe('a process', () => {
  test('is known by its pid and its start together', () => {
    const own = findProcess(process.pid);
    expect(own).toEqual({ pid: process.pid, started: expect.stringMatching(/./) as string });
    expect(isRunning({ pid: process.pid, started: own?.started ?? '' })).toBe(true);
    expect(isRunning({ pid: process.pid, started: 'another time' })).toBe(false);
  });

  test('that took over the pid of another gets no signal meant for that one', () => {
    expect(signal({ pid: process.pid, started: 'another time' }, 'SIGKILL')).toBe(false);
  });

  test('that is not there is not found', () => {
    expect(findProcess(2 ** 22 + 1)).toBeUndefined();
  });
});

describe('a port', () => {
  test('that is taken is refused with the name of its holder', async () => {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as { port: number };
    const refusal = requireFree({ host: '127.0.0.1', port }, 'or go elsewhere');
    await expect(refusal).rejects.toMatchObject({
      exit: 'PortInUse',
      message: expect.stringMatching(
        new RegExp(
          `^Cannot listen on 127.0.0.1:${port}: process ${process.pid} \\(.*; stop it, or go elsewhere$`,
        ),
      ) as string,
    });
    await new Promise((resolve) => server.close(resolve));
    await expect(requireFree({ host: '127.0.0.1', port }, '')).resolves.toBeUndefined();
  });

  test('of an address that is not ours cannot be had', async () => {
    expect(await canBind('192.0.2.1')).toBe(false);
    expect(await canBind('127.0.0.1')).toBe(true);
  });
});

describe('a log file', () => {
  test('gives its last lines, and then whole lines as they come, also after it was cut', () => {
    const folder = mkdtempSync(join(tmpdir(), 'gantry-log-'));
    const path = join(folder, 'a.log');
    expect(lastLines(path, 3)).toEqual([]);
    writeFileSync(path, 'one\ntwo\nthree\n');
    expect(lastLines(path, 2)).toEqual(['two', 'three']);
    const tail = new LogTail(path);
    expect(tail.newLines()).toEqual([]);
    appendFileSync(path, 'four\nfi');
    expect(tail.newLines()).toEqual(['four']);
    appendFileSync(path, 've\n');
    expect(tail.newLines()).toEqual(['five']);
    truncateSync(path);
    appendFileSync(path, 'six\n');
    expect(tail.newLines()).toEqual(['six']);
    rmSync(folder, { recursive: true });
  });
});
