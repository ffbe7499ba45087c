import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { temporaryFolder } from '../chat-process.js';
import { startTestServer } from '../server/test-server.js';
import { say } from './joined.js';
import { program, startTerminal, type TerminalProgram } from './terminal-program.js';

const password = { CHAT_PASSWORD: 'qwerty' };

/** `chat` on a terminal that, according to `TERM`, understands no escape sequences. */
function onDumbTerminal(
  setting: string,
  args: readonly string[],
  env: Record<string, string> = {},
): TerminalProgram {
  const variable = setting === 'unset' ? ['-u', 'TERM'] : [`TERM=${setting}`];
  return startTerminal([...variable, process.execPath, program, ...args], {
    command: 'env',
    env,
    answers: {},
  });
}

const settings = ['dumb', '', 'unset'];

test.each(settings)('with TERM %j chat connect asks for the login and prints lines', async (setting) => {
  const { address } = await startTestServer();
  const client = onDumbTerminal(setting, ['connect', address]);
  await client.until((text) => text.includes('User: '));
  client.write('user1\r');
  await client.until((text) => text.includes('Password'));
  client.write('qwerty\r');
  await say(address, 'user2', 'hello dumb one');
  await client.until((text) => text.includes('hello dumb one'));
  client.write('hello yourself\r');
  await client.until((text) => /user1.*hello yourself/.test(text));
  client.kill('SIGTERM');
  await client.exitCode;
  expect(client.raw()).not.toContain('\u001b');
});

test.each(settings)('with TERM %j chat doctor sends no query to the terminal', async (setting) => {
  const { address } = await startTestServer();
  const doctor = onDumbTerminal(setting, ['doctor', address, '--user', 'user1'], password);
  expect(await doctor.exitCode).toBe(0);
  expect(doctor.raw()).not.toContain('\u001b');
  expect(doctor.text()).toMatch(/note +terminal +TERM/);
  expect(doctor.text()).toContain('set TERM to its name');
});

test.each(settings)('with TERM %j the other commands write no escape sequences', async (setting) => {
  const data = join(temporaryFolder(), 'data');
  const users = onDumbTerminal(setting, ['users', 'add', 'anna', '--data', data]);
  await users.until((text) => /password.*:/i.test(text));
  users.write('correct horse\r');
  await users.until((text) => text.includes('Repeat password:'));
  users.write('correct horse\r');
  expect(await users.exitCode).toBe(0);
  const server = onDumbTerminal(setting, ['serve', '--data', data, '--port', '0']);
  await server.until((text) => text.includes('listening') || text.includes('localhost:'));
  const help = onDumbTerminal(setting, ['send', '--help']);
  expect(await help.exitCode).toBe(0);
  server.write('\u0003');
  await server.exitCode;
  for (const terminal of [users, server, help]) expect(terminal.raw()).not.toContain('\u001b');
});
