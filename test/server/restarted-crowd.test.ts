import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { startServe, temporaryFolder } from '../chat-process.js';
import { loginMetadata, TestClient, withClient } from './test-client.js';
import { portOf } from './server-process.js';

const crowd = 200;

test('200 clients that reconnect at once to a restarted server are all accepted', async () => {
  const data = join(temporaryFolder(), 'data');
  const first = await startServe(['--rate', '0'], { data });
  const port = portOf(first);
  const logId = await withClient(port, async (client) => {
    await client.sendText('before');
    const subscription = client.subscribe();
    await subscription.opened();
    return subscription.value('log-id') ?? '';
  });
  first.kill('SIGKILL');
  await first.ended;

  // No rate limit: it is for each user, and 200 clients share five users here.
  const second = await startServe(['--rate', '0', '--port', String(port)], { data });
  const clients = Array.from({ length: crowd }, () => new TestClient(portOf(second)));
  const resume = { 'log-id': logId, 'resume-after': '0' };
  const subscriptions = clients.map((client, number) =>
    client.subscribe(loginMetadata(`user${(number % 5) + 1}`, 'qwerty', resume)),
  );
  await Promise.all(subscriptions.map((one) => one.until(() => one.items.length > 0 || !!one.status)));
  expect(subscriptions.map(({ status }) => status)).toEqual(Array(crowd).fill(undefined));
  expect(subscriptions.every((one) => one.value('resumed') === 'true')).toBe(true);
  await clients[0]?.sendText('after');
  await Promise.all(subscriptions.map((one) => one.until(() => one.messages().length === 2)));
  expect(subscriptions.every((one) => one.texts().join() === 'before,after')).toBe(true);
  for (const client of clients) client.close();
});
