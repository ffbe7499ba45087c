import { afterEach, expect, test } from '@jest/globals';
import { startReferenceServer, type ReferenceServer } from '../client/reference-server.js';
import { joined } from './joined.js';

let server: ReferenceServer;
afterEach(() => server.stop());

test('on a server without extensions each message is shown once, and missing features are hidden', async () => {
  server = await startReferenceServer();
  const client = await joined(`127.0.0.1:${server.port}`);
  client.write('hello\r');
  await client.until((text) => /hello +✓/.test(text));
  for (const count of [1, 2]) {
    client.write('the same\r');
    await client.until(
      (text) => text.match(/the same/g)?.length === count && /the same +✓\n(?!.*the same)/.test(text),
    );
  }
  expect(client.text().match(/hello/g)).toHaveLength(1);
  expect(client.text()).not.toContain('online');
  client.write('/search HELLO\r');
  await client.until((text) => text.includes('1 found in the loaded messages'));
  client.write('\u001b');
  await client.until((text) => !text.includes('search:'));
  client.write('/users\r');
  await client.until((text) => text.includes('This server does not report who is online.'));
  client.write('\u001b');
  await client.until((text) => text.includes('F1 help'));
  client.write('/reconnect\r');
  await client.until(() => server.subscriptions() === 2);
  await client.until((text) => text.includes('· connected') && text.includes('hello'));
  expect(client.text().match(/the same/g)).toHaveLength(2);
});
