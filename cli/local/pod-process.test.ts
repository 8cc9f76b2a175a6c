import { describe, expect, test } from 'vitest';
import { FakeMachine, fakeProcess } from '../../test/fakes/machine.ts';
import { PodProcess, type PodStatus } from './pod-process.ts';

function pod(machine: FakeMachine): { pod: PodProcess; states: string[] } {
  const states: string[] = [];
  const one = new PodProcess(fakeProcess('a'), machine, ({ state }: PodStatus) => {
    states.push(state);
  });
  return { pod: one, states };
}

describe('a pod', () => {
  test('is ready when its probe succeeds, unready when it fails twice, ready again', async () => {
    const machine = new FakeMachine();
    const { pod: one, states } = pod(machine);
    one.start();
    await machine.pass(1_000);
    expect(states).toEqual(['starting']);
    machine.healthy = true;
    await machine.pass(100);
    machine.healthy = false;
    await machine.pass(11_000);
    machine.healthy = true;
    await machine.pass(6_000);
    expect(states).toEqual(['starting', 'ready', 'unready', 'ready']);
    expect(machine.running).toBe(1);
  });

  test('that ends is started again: at once, then later and later', async () => {
    const machine = new FakeMachine();
    const { pod: one } = pod(machine);
    one.start();
    machine.exit('a', { code: 1, signal: null });
    await machine.pass(1);
    expect(machine.starts).toBe(2);
    machine.exit('a', { code: 1, signal: null });
    expect(one.status()).toMatchObject({ state: 'waiting', delayMs: 10_000, restarts: 1 });
    await machine.pass(9_999);
    expect(machine.starts).toBe(2);
    await machine.pass(1);
    expect(machine.starts).toBe(3);
    expect(one.status()).toMatchObject({ restarts: 2, lastExit: { code: 1 } });
  });

  test('that waits is started at once when asked for, and only once', async () => {
    const machine = new FakeMachine();
    const { pod: one } = pod(machine);
    one.start();
    machine.exit('a', { code: 1, signal: null });
    await machine.pass(1);
    machine.exit('a', { code: 1, signal: null });
    machine.healthy = true;
    one.start();
    expect(machine.starts).toBe(3);
    await machine.pass(60_000);
    expect(machine.starts).toBe(3);
  });

  test('that does not live any more is killed and started again', async () => {
    const machine = new FakeMachine();
    machine.healthy = true;
    const { pod: one, states } = pod(machine);
    one.start();
    await machine.pass(1_000);
    machine.healthy = false;
    await machine.pass(70_000);
    expect(machine.signals).toContain('SIGKILL');
    expect(states.slice(0, 4)).toEqual(['starting', 'ready', 'unready', 'waiting']);
    expect(machine.starts).toBe(2);
  });

  test('that never comes up is killed when its startup probe gives up', async () => {
    const machine = new FakeMachine();
    const { pod: one } = pod(machine);
    one.start();
    await machine.pass(10_000 + 4_000);
    expect(machine.signals).toEqual(['SIGKILL']);
  });

  test('that is stopped is asked first, made after its grace, and stays stopped', async () => {
    const machine = new FakeMachine({ obedient: false });
    const { pod: one, states } = pod(machine);
    one.start();
    const stopped = one.stop();
    await machine.pass(4_999);
    expect(machine.signals).toEqual(['SIGTERM']);
    await machine.pass(1);
    await stopped;
    expect(machine.signals).toEqual(['SIGTERM', 'SIGKILL']);
    await machine.pass(3_600_000);
    expect(machine.running).toBe(0);
    expect(states.at(-1)).toBe('stopped');
  });

  test('that is stopped while it waits does not start', async () => {
    const machine = new FakeMachine();
    const { pod: one } = pod(machine);
    one.start();
    machine.exit('a', { code: 1, signal: null });
    await one.stop();
    await machine.pass(3_600_000);
    expect(machine.running).toBe(0);
  });

  test('that is killed comes back', async () => {
    const machine = new FakeMachine();
    const { pod: one } = pod(machine);
    one.start();
    one.kill();
    await machine.pass(1);
    expect(machine.starts).toBe(2);
    expect(one.status().lastExit?.signal).toBe('SIGKILL');
  });

  test('has its scratch volumes emptied when it is new, not when it comes back', async () => {
    const machine = new FakeMachine();
    const { pod: one } = pod(machine);
    one.start();
    one.kill();
    await machine.pass(1);
    expect(machine.emptied).toBe(1);
    await one.stop();
    one.start();
    expect(machine.emptied).toBe(2);
  });

  test('an answer to a probe of an earlier process says nothing about this one', async () => {
    const machine = new FakeMachine();
    const { pod: one, states } = pod(machine);
    one.start();
    const late = machine.holdProbes();
    await machine.pass(20);
    one.kill();
    await machine.pass(1);
    await late(true);
    expect(states).toEqual(['starting', 'waiting', 'starting']);
  });
});
