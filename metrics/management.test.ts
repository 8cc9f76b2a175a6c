import { afterEach, expect, test } from 'vitest';
import { type Management, type ManagementOptions, serveManagement } from './management.ts';
import { meter } from './meter.ts';
import { MetricsRegistry } from './registry.ts';
import { counter, histogram } from './rows.ts';

const anyPort = { host: '127.0.0.1', port: 0 };
const open: Management[] = [];

afterEach(async () => {
  await Promise.all(open.splice(0).map((management) => management.close()));
});

async function serve(options: Partial<ManagementOptions> = {}): Promise<Management> {
  const registry = new MetricsRegistry({ cluster: 'DefaultCluster' });
  const management = await serveManagement({
    address: anyPort,
    live: () => [],
    ready: () => [],
    registry,
    ...options,
  });
  open.push(management);
  return management;
}

async function get(port: number | undefined, path: string, method = 'GET') {
  const response = await fetch(`http://127.0.0.1:${port}${path}`, { method });
  return { status: response.status, body: await response.text() };
}

test('a process that is well is live and ready', async () => {
  const { port } = (await serve()).address;
  expect(await get(port, '/livez')).toEqual({ status: 200, body: '{"live":true}\n' });
  expect(await get(port, '/readyz?verbose')).toEqual({ status: 200, body: '{"ready":true}\n' });
});

test('what is not ready is said, and asked anew each time', async () => {
  let waitingFor = ['no name server has this broker yet'];
  const { port } = (await serve({ ready: () => waitingFor })).address;
  expect(await get(port, '/readyz')).toEqual({
    status: 503,
    body: '{"ready":false,"because":["no name server has this broker yet"]}\n',
  });
  waitingFor = [];
  expect((await get(port, '/readyz')).status).toBe(200);
  expect((await get(port, '/livez')).status).toBe(200);
});

test('metrics are Prometheus text: ours with the shared labels, and the process', async () => {
  const registry = new MetricsRegistry({ cluster: 'DefaultCluster' });
  const metrics = registry.add(
    meter({
      rocketmq_messages_in_total: counter('Messages accepted.', ['topic']),
      rocketmq_message_size: histogram('Bytes of a record.', [1024]),
    }),
  );
  const { port } = (await serve({ registry })).address;
  metrics.rocketmq_messages_in_total.labelled({ topic: 'or"ders' }).add(2);
  metrics.rocketmq_message_size.labelled().observe(10);
  const { status, body } = await get(port, '/metrics');
  expect(status).toBe(200);
  expect(body).toContain(
    '# HELP rocketmq_messages_in_total Messages accepted.\n' +
      '# TYPE rocketmq_messages_in_total counter\n' +
      'rocketmq_messages_in_total{topic="or\\"ders",cluster="DefaultCluster"} 2\n',
  );
  expect(body).toContain('rocketmq_message_size_bucket{le="1024",cluster="DefaultCluster"} 1\n');
  expect(body).toContain('rocketmq_message_size_count{cluster="DefaultCluster"} 1\n');
  for (const name of [
    'process_cpu_seconds_total',
    'process_resident_memory_bytes',
    'process_open_fds',
    'nodejs_eventloop_lag_p99_seconds',
    'nodejs_gc_duration_seconds',
  ]) {
    expect(body).toContain(`# TYPE ${name} `);
  }

  metrics.rocketmq_messages_in_total.labelled({ topic: 'or"ders' }).add(1);
  expect((await get(port, '/metrics')).body).toContain('cluster="DefaultCluster"} 3\n');
});

test("RocketMQ's exporter port shows metrics and nothing else", async () => {
  const { exporterAddress } = await serve({ exporterAddress: anyPort });
  expect((await get(exporterAddress?.port, '/metrics')).status).toBe(200);
  expect((await get(exporterAddress?.port, '/')).status).toBe(200);
  expect((await get(exporterAddress?.port, '/readyz')).status).toBe(404);
});

test('a wrong path or method says what would be right', async () => {
  const { port } = (await serve()).address;
  expect(await get(port, '/health')).toEqual({
    status: 404,
    body: 'Nothing at /health: try /metrics, /livez or /readyz\n',
  });
  expect(await get(port, '/readyz', 'POST')).toEqual({
    status: 405,
    body: 'Cannot POST here: only GET\n',
  });
});

test('a port in use names the option to change, and nothing stays open', async () => {
  const { address } = await serve();
  const sentence = `Cannot listen on 127.0.0.1:${address.port}: the port is in use; set`;
  await expect(serve({ address })).rejects.toThrow(`${sentence} managementPort to another one`);
  await expect(serve({ exporterAddress: address })).rejects.toThrow(
    `${sentence} metricsPromExporterPort`,
  );
});

test('after close() the port is free', async () => {
  const first = await serve();
  const { address } = first;
  await first.close();
  expect((await serve({ address })).address).toEqual(address);
});
