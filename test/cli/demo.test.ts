import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { runChat, temporaryFolder } from '../chat-process.js';
import { startTerminal, type TerminalProgram } from '../terminal/terminal-program.js';

const script = join(import.meta.dirname, '..', '..', 'scripts', 'demo.mjs');

/** `npm start` on a terminal, after its client has started; its data is in `folder`. */
async function startDemo() {
  const folder = temporaryFolder();
  const terminal = startTerminal([script], {
    command: process.execPath,
    columns: 240,
    rows: 40,
    env: { TMPDIR: folder },
  });
  await terminal.until((text) => /user5[^]*Join from/.test(text));
  const address = /connect (localhost:\d+)/.exec(terminal.text())?.[1] ?? '';
  return { terminal, folder, address };
}

test('npm start shows two rooms and a direct message', async () => {
  const { terminal, address } = await startDemo();
  const user1 = { env: { CHAT_USER: 'user1', CHAT_PASSWORD: 'qwerty' } };
  const { stdout } = await runChat(['connect', address, '--once'], user1);
  expect(stdout).toMatch(/ #lobby <user5> Join from a second terminal/);
  expect(stdout).toMatch(/ #ops <user2> version 4\.2 is deployed/);
  expect(stdout).toMatch(/ @user2 <user2> hello user1/);
  terminal.write('/quit\r');
  expect(await terminal.exitCode).toBe(0);
});

const isGone = async (address: string) =>
  (
    await runChat(['send', address, '--timeout', '300ms', 'x'], {
      env: { CHAT_USER: 'user2', CHAT_PASSWORD: 'qwerty' },
    })
  ).code === 3;

test.each([
  ['its client quits', 0, (demo: TerminalProgram) => demo.write('/quit\r')],
  ['it is terminated', 143, (demo: TerminalProgram) => demo.kill('SIGTERM')],
  ['its terminal is closed', 129, (demo: TerminalProgram) => demo.closeWindow()],
] as const)('npm start ends client and server and leaves nothing behind when %s', async (_, code, end) => {
  const { terminal, folder, address } = await startDemo();
  end(terminal);
  expect(await terminal.exitCode).toBe(code);
  expect(readdirSync(folder)).toEqual([]);
  expect(await isGone(address)).toBe(true);
});
