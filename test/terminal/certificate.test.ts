import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { startServe } from '../chat-process.js';
import { isGivenBack, startTerminal } from './terminal-program.js';

const password = { CHAT_PASSWORD: 'qwerty' };

test('an unknown certificate is shown and pinned after a yes; a changed one ends the client with 7', async () => {
  const server = await startServe(['--tls-self-signed']);
  const { address, data } = server;
  const [, port = ''] = address.split(':');
  const secure = `https://${address}`;
  const fingerprint = /SHA256 (\S+)/.exec(server.stdout())?.[1] ?? 'none';

  const first = startTerminal(['connect', secure, '--user', 'user1'], { env: password });
  await first.until((text) => text.includes('y/n'));
  expect(first.text().replace(/\s/g, '')).toContain(fingerprint);
  first.write('n');
  await first.until((text) => text.includes('the certificate was not trusted'));
  first.write('qwerty\r');
  await first.until((text) => text.includes('y/n'));
  first.write('y');
  await first.until((text) => text.includes('· connected'));

  server.kill('SIGKILL');
  await server.ended;
  await rm(join(data, 'self-signed.pem'));
  await startServe(['--tls-self-signed', '--port', port], { data });
  expect(await first.exitCode).toBe(7);
  expect(isGivenBack(first)).toBe(true);
  const second = startTerminal(['connect', secure, '--user', 'user1'], { env: password, columns: 120 });
  expect(await second.exitCode).toBe(7);
  expect(second.screen()).toContain(`  trusted  ${fingerprint}`);
  expect(second.text()).toMatch(/^ {2}now {6}([0-9A-F]{2}:){31}[0-9A-F]{2}$/m);
  expect(second.text()).toContain('chat trust forget');
});

test('a certificate that cannot be stored is trusted once, and the client reports why', async () => {
  const server = await startServe(['--tls-self-signed']);
  const env = { ...password, XDG_CONFIG_HOME: '/dev/null/config' };
  const client = startTerminal(['connect', `https://${server.address}`, '--user', 'user1'], { env });
  await client.until((text) => text.includes('y/n'));
  client.write('y');
  await client.until((text) => text.includes('· connected') && text.includes('trusted this time only'));
  client.write('\u0003\u0003');
  await client.exitCode;
});
