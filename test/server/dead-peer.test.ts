import { expect, test } from '@jest/globals';
import { startTcpProxy } from '../client/tcp-proxy.js';
import { online } from './online.js';
import { loginMetadata, withClient } from './test-client.js';
import { withServer } from './test-server.js';

test('the server disconnects a peer that no longer answers, and keeps the others', async () => {
  await withServer({ keepalive: { intervalMs: 100, timeoutMs: 100 } }, async ({ port }) => {
    const proxy = await startTcpProxy(port);
    await withClient(proxy.port, (farClient) =>
      withClient(port, async (client) => {
        const list = online(client);
        await farClient.subscribe(loginMetadata('user2')).opened();
        const near = client.subscribe(loginMetadata('user3'));
        await near.opened();
        await list.until(() => list.items.at(-1)?.join() === 'user2,user3');
        proxy.freeze();
        await list.until(() => list.items.at(-1)?.join() === 'user3');
        await client.sendText('still here');
        await near.until(() => near.texts().includes('still here'));
        expect(near.status).toBeUndefined();
      }),
    );
    await proxy.close();
  });
});
