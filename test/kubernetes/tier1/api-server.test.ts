import { expect, test } from 'vitest';
import { startApiServer } from '../api-server.ts';

test('a cluster without nodes makes the pods of a StatefulSet, and they stay Pending', async () => {
  await using server = await startApiServer();
  await server.apply(`
apiVersion: apps/v1
kind: StatefulSet
metadata: { name: web, namespace: default }
spec:
  selector: { matchLabels: { app: web } }
  template:
    metadata: { labels: { app: web } }
    spec: { containers: [{ name: web, image: none }] }
`);
  await expect
    .poll(() => server.api.find('/api/v1/namespaces/default/pods/web-0'), { timeout: 20_000 })
    .toMatchObject({ status: { phase: 'Pending' } });
  await expect(server.kubectl(['get', 'pod', 'web-1'])).rejects.toThrow('"web-1" not found');
});
