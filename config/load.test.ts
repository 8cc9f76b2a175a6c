import { describe, expect, test } from 'vitest';
import { ConfigError } from './config-error.ts';
import { loadConfig, type Sources } from './load.ts';
import { flag, type Host, integer, oneOf, text } from './options.ts';

const options = {
  brokerName: text({ fallback: { says: 'host name', of: ({ host }) => host.name }, doc: 'Name.' }),
  listenPort: integer({ fallback: 10_911, min: 1, max: 65_535, doc: 'Port.' }),
  haListenPort: integer({
    fallback: { says: '`listenPort` + 1', of: (known) => known.integer('listenPort') + 1 },
    min: 1,
    max: 65_535,
    doc: 'Port of replication.',
  }),
  storePathRootDir: text({
    fallback: { says: '`~/store`', of: ({ host }) => `${host.homeFolder}/store` },
    doc: 'Folder.',
  }),
  storePathCommitLog: text({
    fallback: {
      says: '`storePathRootDir`/commitlog',
      of: (known) => `${known.text('storePathRootDir')}/commitlog`,
    },
    doc: 'Folder of the log.',
  }),
  flushDiskType: oneOf(['SYNC_FLUSH', 'ASYNC_FLUSH'], { fallback: 'ASYNC_FLUSH', doc: 'Flush.' }),
  traceOn: flag({ fallback: true, doc: 'Trace.' }),
} as const;

const elsewhere = {
  ignored: ['sendMessageThreadPoolNums', 'useEpollNativeSelector'],
  refused: {
    aclEnable: { fallback: 'false', reason: 'authentication is not here yet' },
    haMasterAddress: { reason: 'replicas are not here yet' },
  },
};
const schema = { role: 'broker', options, elsewhere };
const host: Host = { name: 'box', address: '127.0.0.1', homeFolder: '/home/mq', environment: {} };

const load = (sources: Partial<Sources> = {}) => loadConfig(schema, { host, ...sources });
const fromFile = (content: string) => load({ file: { name: 'broker.conf', text: content } });
const inEnvironment = (environment: Host['environment']) =>
  load({ host: { ...host, environment } });

/** Every problem as `place: message`; fails when there is none. */
function problemsOf(run: () => unknown): string[] {
  try {
    run();
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return error.problems.map(({ place, message }) => `${place}: ${message}`);
  }
  throw new Error('Expected the configuration to be refused');
}

describe('defaults', () => {
  test('hold where nothing is said, derived ones following host and options', () => {
    expect(load().config).toEqual({
      brokerName: 'box',
      listenPort: 10_911,
      haListenPort: 10_912,
      storePathRootDir: '/home/mq/store',
      storePathCommitLog: '/home/mq/store/commitlog',
      flushDiskType: 'ASYNC_FLUSH',
      traceOn: true,
    });
  });

  test('that follow an option follow what was said about it', () => {
    const { config } = fromFile('storePathRootDir=/data\nlistenPort=20000');
    expect(config.storePathCommitLog).toBe('/data/commitlog');
    expect(config.haListenPort).toBe(20_001);
  });
});

describe('sources', () => {
  const file = {
    name: 'broker.conf',
    text: 'listenPort=1\ntraceOn=false\nflushDiskType=SYNC_FLUSH',
  };
  const environment = { GANTRY_BROKER_LISTEN_PORT: '2', GANTRY_BROKER_TRACE_ON: 'true' };

  test('the command line goes before the environment, and that before the file', () => {
    const { config } = load({
      file,
      assignments: ['listenPort=3'],
      host: { ...host, environment },
    });
    expect(config).toMatchObject({ listenPort: 3, traceOn: true, flushDiskType: 'SYNC_FLUSH' });
  });

  test('a value may contain the equals sign, and blanks around it do not count', () => {
    expect(load({ assignments: ['brokerName= a=b '] }).config.brokerName).toBe('a=b');
    expect(fromFile('traceOn=false  ').config.traceOn).toBe(false);
  });

  test('a key given twice in one source holds as it was last given, and is named', () => {
    const { config, notes } = fromFile('listenPort=1\n\nlistenPort=2');
    expect(config.listenPort).toBe(2);
    expect(notes).toEqual([
      {
        sentence: 'Setting given twice, the last one holds',
        facts: { key: 'listenPort', places: ['broker.conf:1', 'broker.conf:3'] },
      },
    ]);
    expect(load({ file, assignments: ['listenPort=3'] }).notes).toEqual([]);
  });

  test('variables of other programs and of Kubernetes services are let alone', () => {
    const foreign = {
      PATH: '/bin',
      GANTRY_PROXY_LISTEN_PORT: 'x',
      GANTRY_BROKER_SERVICE_HOST: '10.0.0.1',
      GANTRY_BROKER_A_SERVICE_PORT_REMOTING: '10911',
      GANTRY_BROKER_PORT: 'tcp://10.0.0.1:10911',
      GANTRY_BROKER_PORT_10911_TCP_ADDR: '10.0.0.1',
    };
    expect(inEnvironment(foreign).config).toEqual(load().config);
  });
});

describe('what is wrong', () => {
  test('is all told at once, each with its place', () => {
    const problems = problemsOf(() =>
      load({
        file: {
          name: 'broker.conf',
          text: '# Mine\nlistenPort=abc\nbrokerNmae=a\naclEnable=true\nx=\\u1',
        },
        assignments: ['traceOn=false', 'haListenPort=0', 'traceOn'],
        host: { ...host, environment: { GANTRY_BROKER_FLUSH_DISK_TYPE: 'SYNC' } },
      }),
    );
    expect(problems).toEqual([
      'broker.conf:5: \\u is not followed by four hexadecimal digits',
      'argument 3: "traceOn" is no setting, expected key=value',
      'broker.conf:2: listenPort is "abc", expected a whole number, 1 to 65535',
      'broker.conf:3: "brokerNmae" is no option of the broker: did you mean "brokerName"?',
      'broker.conf:4: aclEnable is "true": authentication is not here yet; leave it at "false"',
      'broker.conf:5: "x" is no option of the broker',
      'environment GANTRY_BROKER_FLUSH_DISK_TYPE: flushDiskType is "SYNC", expected one of SYNC_FLUSH, ASYNC_FLUSH',
      'argument 2: haListenPort is "0", expected a whole number, 1 to 65535',
    ]);
  });

  test('is told even when a later source would override it', () => {
    const file = { name: 'broker.conf', text: 'listenPort=abc' };
    expect(problemsOf(() => load({ file, assignments: ['listenPort=1'] }))).toHaveLength(1);
  });

  test('includes a misspelt variable', () => {
    expect(problemsOf(() => inEnvironment({ GANTRY_BROKER_LISTEN_PRT: '1' }))).toEqual([
      'environment GANTRY_BROKER_LISTEN_PRT: GANTRY_BROKER_LISTEN_PRT is no option of the broker: did you mean GANTRY_BROKER_LISTEN_PORT?',
    ]);
  });

  test('includes what only the whole can say', () => {
    const check = ({ listenPort, haListenPort }: { listenPort: number; haListenPort: number }) =>
      listenPort === haListenPort ? [`listenPort and haListenPort are both ${listenPort}`] : [];
    const assignments = ['listenPort=5', 'haListenPort=5'];
    expect(problemsOf(() => loadConfig({ ...schema, check }, { host, assignments }))).toEqual([
      'configuration: listenPort and haListenPort are both 5',
    ]);
  });

  test('reads as a list in the message', () => {
    expect(() => fromFile('listenPort=0\ntraceOn=1')).toThrow(
      'Cannot use this configuration of the broker: 2 errors\n' +
        '  broker.conf:1: listenPort is "0", expected a whole number, 1 to 65535\n' +
        '  broker.conf:2: traceOn is "1", expected true or false',
    );
  });

  test('names such as toString are no options', () => {
    expect(problemsOf(() => fromFile('toString=1\n__proto__=2\nconstructor=3'))).toHaveLength(3);
  });
});

describe('keys of RocketMQ that are no options here', () => {
  test('are named once when they mean nothing, whatever their value', () => {
    const { notes } = fromFile('useEpollNativeSelector=maybe\nsendMessageThreadPoolNums=8');
    expect(notes).toEqual([
      {
        sentence: 'Settings without meaning here',
        facts: { keys: ['sendMessageThreadPoolNums', 'useEpollNativeSelector'] },
      },
    ]);
  });

  test('are fine without a word at the default that describes us', () => {
    expect(fromFile('aclEnable=False\nhaMasterAddress=').notes).toEqual([]);
  });

  test('are refused where they would change what is not here', () => {
    expect(problemsOf(() => fromFile('haMasterAddress=10.0.0.1:10912'))).toEqual([
      'broker.conf:1: haMasterAddress is "10.0.0.1:10912": replicas are not here yet; leave it out',
    ]);
  });
});
