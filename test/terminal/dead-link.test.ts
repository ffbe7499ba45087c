import { expect, test } from '@jest/globals';
import { startTestServer } from '../server/test-server.js';
import { startTcpProxy } from '../client/tcp-proxy.js';
import { joined } from './joined.js';

test('a dead connection is noticed within 20 seconds, and no message is lost', async () => {
  const { address } = await startTestServer();
  const proxy = await startTcpProxy(Number(address.split(':')[1]));
  const client = await joined(`localhost:${proxy.port}`);
  client.write('before\r');
  await client.until((text) => /before +✓/.test(text));
  proxy.freeze();
  client.write('into the void\r');
  await client.until((text) => text.includes('reconnecting'), 30_000);
  expect(client.text()).toMatch(/into the void +…/);
  proxy.thaw();
  await client.until((text) => text.includes('· connected') && /into the void +✓/.test(text));
  expect(client.text().match(/into the void/g)).toHaveLength(1);
  await proxy.close();
});
