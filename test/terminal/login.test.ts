import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { runChat, startServe, temporaryFolder } from '../chat-process.js';
import { freePort } from '../nats/nats-server-process.js';
import { startTestServer } from '../server/test-server.js';
import { startTerminal, type TerminalProgram } from './terminal-program.js';

const home = '\x1b[H';
const backTab = '\x1b[Z';

/** Longer than the delay before the first attempt to reconnect. */
const pastFirstRetryMs = 1500;

/** Rejects if the screen stops satisfying the condition. */
async function stays(client: TerminalProgram, condition: (text: string) => boolean): Promise<void> {
  await expect(client.until((text) => !condition(text), pastFirstRetryMs)).rejects.toThrow('waited in vain');
}

test('the certificate question stays until it is answered, after an attempt without TLS', async () => {
  const { address } = await startServe(['--tls-self-signed']);
  const client = startTerminal(['connect', address, '--user', 'user1']);
  await client.until((text) => text.includes('› password'));
  client.write('qwerty\r');
  await client.until((text) => text.includes('put https:// before'));
  client.write(`${backTab}${backTab}${home}https://\r\r`);
  await client.until((text) => text.includes('y/n'));
  await stays(client, (text) => text.includes('y/n'));
  client.write('y');
  await client.until((text) => text.includes(`user1 @ https://${address} · connected`));
});

test('an address that is corrected after a failed attempt stays in its field, however slowly it is typed', async () => {
  const { address } = await startTestServer();
  const client = startTerminal(['connect', `localhost:${await freePort()}`, '--user', 'user1']);
  await client.until((text) => text.includes('› password'));
  client.write('qwerty\r');
  await client.until((text) => text.includes('Nothing is listening on'));
  client.write(`${backTab}${backTab}\x15${address.slice(0, 3)}`);
  const isEditing = (text: string) => /› address +loc$/m.test(text) && /password +•{6}$/m.test(text);
  await client.until(isEditing);
  await stays(client, isEditing);
  client.write(`${address.slice(3)}\r\r`);
  await client.until((text) => text.includes(`user1 @ ${address} · connected`));
});

test('a connected user learns that the password was changed, logs in again with the draft kept, and learns that the account was removed', async () => {
  const data = join(temporaryFolder(), 'data');
  const users = (args: readonly string[], input = '') =>
    runChat(['users', ...args, '--data', data], { input });
  await users(['add', 'anna', '--password-stdin'], 'first password\n');
  const { address } = await startServe([], { data });
  const client = startTerminal(['connect', address, '--user', 'anna'], {
    env: { CHAT_PASSWORD: 'first password' },
  });
  await client.until((text) => text.includes('· connected'));
  client.write('a draft');
  await client.until((text) => text.includes('a draft'));
  await users(['passwd', 'anna', '--password-stdin'], 'second password\n');
  await client.until((text) => text.includes('Your password was changed.'));
  expect(client.text()).toContain('Press Enter to log in again.');
  client.write(' typed on\x1b[200~ and pasted\x1b[201~\r');
  await client.until((text) => /› password *$/m.test(text));
  client.write('second password\r');
  await client.until((text) => text.includes('· connected') && text.includes('│ a draft  '));
  await users(['remove', 'anna']);
  await client.until((text) => text.includes('Your account was removed.'));
  client.write('\r');
  await client.until((text) => /› password *$/m.test(text));
  client.write('second password\r');
  await client.until((text) => text.includes('Login refused: wrong user or password.'));
});
