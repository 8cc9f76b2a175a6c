import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { StateFolder } from '../local/state-folder.ts';
import { chooseNameServers } from './name-server-choice.ts';

let state: string;

beforeEach(() => {
  state = mkdtempSync(join(tmpdir(), 'gantry-test-'));
});

afterEach(() => {
  rmSync(state, { recursive: true, force: true });
});

function localCluster(cluster: string, nameServer: string, running = true): void {
  const folder = new StateFolder(state, cluster);
  folder.make();
  folder.keepDesired({ cluster, networks: {}, nameServers: [nameServer], processes: [] });
  if (running) folder.keepRunning({ supervisor: { pid: 1, started: '1' }, pods: {} });
}

const environment = { NAMESRV_ADDR: '127.0.0.2:1;127.0.0.3:2' };

test('what was typed comes first, then the environment', () => {
  localCluster('one', '127.0.0.9:9876');
  expect(chooseNameServers({ nameserver: 'a:1, b:2', state }, environment).addresses).toEqual([
    'a:1',
    'b:2',
  ]);
  expect(chooseNameServers({ state }, environment).addresses).toEqual([
    '127.0.0.2:1',
    '127.0.0.3:2',
  ]);
});

test('a local cluster that was named comes before the environment, one that runs after it', () => {
  localCluster('one', '127.0.0.9:9876');
  localCluster('other', '127.0.0.8:9876', false);
  expect(chooseNameServers({ state, name: 'one' }, environment).addresses).toEqual([
    '127.0.0.9:9876',
  ]);
  const running = chooseNameServers({ state }, {});
  expect(running.addresses).toEqual(['127.0.0.9:9876']);
  expect(running.remedy).toContain('gantry status --name one');
});

test('of several local clusters that run, one must be named', () => {
  localCluster('one', '127.0.0.9:9876');
  localCluster('two', '127.0.0.8:9876');
  expect(() => chooseNameServers({ state }, {})).toThrow('--name one, --name two');
  expect(() => chooseNameServers({ state, name: 'three' }, {})).toThrow('"three"');
});

test('without any, one on this machine is asked, and what to do is said', () => {
  localCluster('stopped', '127.0.0.9:9876', false);
  for (const folder of [state, join(state, 'missing')]) {
    const choice = chooseNameServers({ state: folder }, { NAMESRV_ADDR: ' ' });
    expect(choice.addresses).toEqual(['127.0.0.1:9876']);
    expect(choice.remedy).toContain('gantry up -f FILE');
  }
});

test.each(['127.0.0.1', '127.0.0.1:0', '127.0.0.1:99999', ';', 'a:1;b'])(
  '%j is no list of name servers',
  (nameserver) => {
    const wrong = () => chooseNameServers({ nameserver, state }, {});
    expect(wrong).toThrow(`--nameserver is "${nameserver}", expected host:port`);
  },
);
