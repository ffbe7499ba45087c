import { mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from '@jest/globals';
import { startServe, temporaryFolder } from '../chat-process.js';
import { startTestServer } from '../server/test-server.js';
import { isGivenBack, startTerminal } from './terminal-program.js';
import { outputOf } from '../run-tool.js';

/** Settings whose file of trusted servers is a pipe without a writer: opening it blocks. */
function settingsThatHang(): Record<string, string> {
  const home = temporaryFolder();
  const trusted = join(home, 'chat', 'trusted-servers.json');
  mkdirSync(dirname(trusted));
  outputOf('mkfifo', [trusted]);
  return { XDG_CONFIG_HOME: home, CHAT_PASSWORD: 'qwerty' };
}

async function secureServer(): Promise<string> {
  return `https://${(await startServe(['--tls-self-signed'])).address}`;
}

test('a closed window ends the client by SIGHUP without a crash', async () => {
  const { address } = await startTestServer();
  const client = startTerminal(['connect', address, '--user', 'user1'], { env: { CHAT_PASSWORD: 'qwerty' } });
  await client.until((text) => text.includes('1 online'));
  client.closeWindow();
  expect(await client.exitCode).toBe(129);
});

test.each([
  ['Ctrl+C twice', 130],
  ['SIGTERM', 143],
] as const)('%s ends the client and restores the terminal although a file read blocks', async (how, code) => {
  const client = startTerminal(['connect', await secureServer(), '--user', 'user1'], {
    env: settingsThatHang(),
  });
  await client.until((text) => text.includes('· connecting'));
  if (how === 'SIGTERM') client.kill(how);
  else client.write('\x03\x03');
  expect(await client.exitCode).toBe(code);
  expect(isGivenBack(client)).toBe(true);
});
