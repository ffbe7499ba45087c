import { expect, test } from '@jest/globals';
import { startTestServer } from '../server/test-server.js';
import { joined, say } from './joined.js';

const focusOut = '\u001b[O';
const focusIn = '\u001b[I';

test('a mention is highlighted; the bell and the notification are sent only without the focus', async () => {
  const { address } = await startTestServer();
  const client = await joined(address, 'user1', { env: { TERM_PROGRAM: 'iTerm.app' } });
  let bells = 0;
  client.emulator.onBell(() => bells++);
  await say(address, 'user2', 'good morning user1');
  await client.until((text) => text.includes('good morning user1'));
  const row = client.screen().findIndex((line) => line.includes('good morning'));
  const line = client.emulator.buffer.active.getLine(row);
  const column = client.screen()[row]?.indexOf('user1') ?? -1;
  expect(line?.getCell(column)?.isInverse()).toBeTruthy();
  expect(line?.getCell(column - 2)?.isInverse()).toBeFalsy();
  expect(bells).toBe(0);
  client.write(focusOut);
  await say(address, 'user2', 'lunch?', 'USER1: are you; there?');
  await client.until((text) => text.includes('are you; there?'));
  await client.until(() => bells === 1);
  expect(client.raw()).toContain('\u001b]9;user2: USER1: are you, there?\u0007');
  expect(client.raw()).not.toContain('lunch?\u0007');
});

test('inside tmux the notification is passed through', async () => {
  const { address } = await startTestServer();
  const client = await joined(address, 'user1', { env: { TMUX: '/tmp/none,1,0', TERM: 'tmux-256color' } });
  client.write(focusOut);
  await say(address, 'user2', 'user1!');
  await client.until(() => client.raw().includes('\u001bPtmux;\u001b\u001b]9;user2: user1!\u0007'));
});

test('the window title shows the unread count and is restored on exit', async () => {
  const { address } = await startTestServer();
  const client = await joined(address);
  const titles: string[] = [];
  client.emulator.onTitleChange((title) => titles.push(title));
  client.write(focusOut);
  await say(address, 'user2', 'one', 'two', 'three');
  await client.until(() => titles.at(-1) === 'chat · 3 new');
  client.write(focusIn);
  await client.until(() => titles.at(-1) === 'chat');
  client.write('/quit\r');
  await client.exitCode;
  // One title is pushed on the terminal's stack and popped again.
  expect(client.raw().match(/\u001b\[22;0t/g)).toHaveLength(1);
  expect(client.raw().match(/\u001b\[23;0t/g)).toHaveLength(1);
});
