/** A broker that may only be read, as one that joins or leaves a cluster: what routes say of it. */
import { expect, test } from 'vitest';
import { gantry, startBroker, startNameServer } from '../processes/gantry.ts';
import { Scratch } from '../processes/scratch.ts';

const NAME_SERVER = '127.0.66.1:9876';
const BROKER = '127.0.66.2:10911';

test('writes are withheld and allowed for all topics by one setting, which a restart keeps', async () => {
  using scratch = new Scratch();
  await using _nameServer = await startNameServer(NAME_SERVER, scratch.path);
  const place = { address: BROKER, folder: scratch.path, nameServer: NAME_SERVER };
  const admin = (...words: readonly string[]) =>
    gantry(['admin', ...words], { cwd: scratch.path, env: { NAMESRV_ADDR: NAME_SERVER } });
  const registered = async (): Promise<void> => {
    while (!(await admin('cluster', 'list').done()).includes(BROKER));
  };

  const first = await startBroker({ ...place, options: { brokerPermission: 4 } });
  await registered();
  await admin('topic', 'create', 'Copied', '--queues', '2').done();
  const route = () => admin('topic', 'route', 'Copied').done();
  expect(await route()).toMatch(/broker-a .* 2 +2 +r$/m);
  await admin('broker', 'config', 'set', '-b', 'broker-a', 'brokerPermission=6').done();
  expect(await route()).toMatch(/broker-a .* 2 +2 +rw$/m);
  await first.process.stop();

  const file = `${scratch.path}/broker.conf`;
  await using _again = gantry(['broker', '-c', file]);
  await registered();
  expect(await route()).toMatch(/broker-a .* 2 +2 +rw$/m);
});
