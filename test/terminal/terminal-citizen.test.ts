import { expect, test } from '@jest/globals';
import { startTestServer } from '../server/test-server.js';
import { joined, say } from './joined.js';
import { isGivenBack, program, startTerminal, type TerminalProgram } from './terminal-program.js';

const ctrlZ = '\u001a';
const pageUp = '\u001b[5~';

/** A client that was started from a shell on the terminal. */
async function startFromShell(address: string): Promise<TerminalProgram> {
  const client = startTerminal(['-i'], {
    // Not bash, which enables bracketed paste itself.
    command: '/bin/sh',
    env: { CHAT_PASSWORD: 'qwerty', PS1: 'shell> ' },
  });
  await client.until((text) => text.includes('shell>'));
  client.write(`${process.execPath} ${program} connect ${address} --user user1\r`);
  await client.until(() => fills(client));
  return client;
}

/** The frame fills the whole screen: the status in the first row, the hints in the last one. */
function fills(client: TerminalProgram): boolean {
  const rows = client.screen();
  return (rows[0] ?? '').includes('· connected') && (rows.at(-1) ?? '').includes('Enter send');
}

test('Ctrl+Z returns the terminal to the shell, and fg restores the client', async () => {
  const { address } = await startTestServer();
  const client = await startFromShell(address);
  client.write(`a draft${ctrlZ}`);
  await client.until((text) => text.includes('Stopped') && text.includes('shell>') && isGivenBack(client));
  client.write('echo still a $((40 + 2)) shell\r');
  await client.until((text) => text.includes('still a 42 shell'));
  await say(address, 'user2', 'while you were away');
  client.write('fg\r');
  await client.until((text) => text.includes('· connected') && text.includes('while you were away'));
  expect(client.text()).toContain('│ a draft');
  client.write('!\r');
  await client.until((text) => /a draft! +✓/.test(text));
});

test('a resize while the client is stopped takes effect after fg', async () => {
  const { address } = await startTestServer();
  const client = await startFromShell(address);
  client.write(ctrlZ);
  await client.until((text) => text.includes('Stopped') && isGivenBack(client));
  client.resize(100, 35);
  client.write('fg\r');
  await client.until(() => fills(client));
  expect(client.screen()).toHaveLength(35);
  expect(client.screen().at(-2)).toMatch(/^╰─{98}╯$/);
});

test('Ctrl+L updates the size if no signal reports a resize', async () => {
  const { address } = await startTestServer();
  // In its own session the client has no controlling terminal, so it receives no SIGWINCH.
  const client = startTerminal(['--wait', process.execPath, program, 'connect', address, '--user', 'user1'], {
    command: 'setsid',
    env: { CHAT_PASSWORD: 'qwerty' },
  });
  await client.until(() => fills(client));
  client.resize(100, 35);
  client.write('\u000c');
  await client.until(() => fills(client) && /^╰─{98}╯$/.test(client.screen().at(-2) ?? ''));
  client.write('\u0004');
  expect(await client.exitCode).toBe(0);
});

test('a resize keeps the messages being read in view', async () => {
  const { address } = await startTestServer();
  const texts = Array.from(
    { length: 150 },
    (_, index) => `message ${index + 1} ${'talk '.repeat(index % 30)}`,
  );
  await say(address, 'user2', ...texts);
  const client = await joined(address);
  await client.until((text) => text.includes('message 150'));
  const topmostOf = (text: string) => /(message \d+) /.exec(text)?.[1];
  // A frame may arrive in parts; after it the cursor is in the empty draft.
  const isWhole = () => client.emulator.buffer.active.cursorY === client.screen().length - 3;
  for (let page = 0; page < 4; page++) {
    const before = topmostOf(client.text());
    client.write(pageUp);
    await client.until((text) => topmostOf(text) !== before && isWhole());
  }
  const topmost = topmostOf(client.text());
  for (const [columns, rows] of [
    [40, 12],
    [120, 40],
    [20, 6],
    [80, 24],
  ] as const) {
    client.resize(columns, rows);
    await client.until((text) => text.includes(' scrolled up') && client.screen().length === rows);
    await client.until((text) => text.replace(/\s+/g, ' ').includes(topmost ?? 'nothing'));
  }
});

test.each([
  ['NO_COLOR', { NO_COLOR: '1' }, /\u001b\[[0-9;]*\b(?:3[0-7]|4[0-7]|9[0-7]|38;[25]|48;[25])(?:;[0-9;]*)?m/],
  ['16 colours', { TERM: 'xterm', COLORTERM: '' }, /\u001b\[[0-9;]*\b[34]8;[25];/],
  ['256 colours', { TERM: 'xterm-256color', COLORTERM: '' }, /\u001b\[[0-9;]*\b[34]8;2;/],
])('with %s the client writes no other colours', async (_, env, forbidden) => {
  const { address } = await startTestServer();
  const client = await joined(address, 'user1', { env });
  await say(address, 'user2', 'hello user1');
  await client.until((text) => text.includes('hello user1'));
  client.write('\u001bOP');
  await client.until((text) => text.includes('Esc close'));
  expect(client.raw()).not.toMatch(forbidden);
});

test.each([
  [20, 6],
  [30, 8],
  [200, 60],
])('the layout fits %d×%d cells', async (columns, rows) => {
  const { address } = await startTestServer();
  const client = await joined(address, 'user1', { columns: 80, rows: 24 });
  client.resize(columns, rows);
  await say(address, 'user2', '漢字 and a text that is longer than a narrow row');
  client.write('draft');
  await client.until((text) => text.includes('draft') && text.includes('narrow') && text.includes('row'));
  expect(client.screen()[0]).toMatch(/^ user1.* · connected/);
  expect(client.screen()).toHaveLength(rows);
});

test('an idle client writes nothing', async () => {
  const { address } = await startTestServer();
  const client = await joined(address);
  await say(address, 'user2', 'the last word');
  await client.until((text) => text.includes('the last word') && text.includes('1 online'));
  const written = client.raw().length;
  await client.until(() => false, 1500).catch(() => undefined);
  expect(client.raw().length).toBe(written);
});
