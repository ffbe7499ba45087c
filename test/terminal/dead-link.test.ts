import { expect, test } from '@jest/globals';
import { startServe } from '../chat-process.js';
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

test('after a restart and some seconds of connection the attempts are counted from 1 again', async () => {
  const server = await startServe();
  const { address, data } = server;
  const client = await joined(address);
  server.kill('SIGKILL');
  await client.until((text) => text.includes(`nothing is listening on ${address} · /reconnect tries now`));
  await client.until((text) => text.includes('attempt 3'));
  const again = await startServe(['--port', address.split(':')[1] ?? ''], { data });
  await client.until((text) => text.includes('· connected'));
  // Longer than a connection must last.
  await expect(client.until((text) => !text.includes('· connected'), 3200)).rejects.toThrow('in vain');
  again.kill('SIGKILL');
  await client.until((text) => text.includes('reconnecting'));
  await client.until(
    (text) => text.includes('attempt 1') && text.includes(`lost the connection to ${address}`),
  );
});
