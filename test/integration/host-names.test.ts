/** A broker that tells clients a host name, as one in Kubernetes does. */
import { expect, test } from 'vitest';
import { gantry, startBroker, startNameServer } from '../processes/gantry.ts';
import { Scratch } from '../processes/scratch.ts';

const NAME_SERVER = '127.0.65.1:9876';
/** `localhost` is the one name that every machine knows. */
const PORT = 28_911;

test('clients find a broker by the name it gives, and its messages by the address in their ids', async () => {
  using scratch = new Scratch();
  await using _nameServer = await startNameServer(NAME_SERVER, scratch.path);
  await using _broker = await startBroker({
    address: `127.0.0.1:${PORT}`,
    folder: scratch.path,
    nameServer: NAME_SERVER,
    options: { brokerIP1: 'localhost' },
  });
  const admin = (...words: readonly string[]) =>
    gantry(['admin', ...words], { cwd: scratch.path, env: { NAMESRV_ADDR: NAME_SERVER } });
  while (!(await admin('cluster', 'list').done()).includes(`localhost:${PORT}`));
  const sent = await admin('send', '-t', 'Named', '--body', 'by name', '-o', 'json').done();
  expect(await admin('consume', '-t', 'Named', '--count', '1').done()).toContain('by name');
  const id = /"offsetMessageId":\s*"(7F000001000070EF\w+)"/.exec(sent)?.[1] ?? '';
  expect(await admin('message', 'view', id).done()).toContain('by name');
});
