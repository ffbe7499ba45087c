import { afterEach, expect, test } from '@jest/globals';
import { cleanEnvironment, runChat, temporaryFolder } from '../chat-process.js';
import { startTestServer } from '../server/test-server.js';
import { describeWith } from '../require-tool.js';
import { joined } from './joined.js';
import { program, startTerminal } from './terminal-program.js';
import { runTool } from '../run-tool.js';

const env = { CHAT_PASSWORD: 'qwerty' };

/** The texts of a room. */
async function storedTexts(address: string): Promise<unknown[]> {
  const { stdout } = await runChat(['connect', address, '--user', 'user2', '--once', '--json'], { env });
  return stdout
    .trimEnd()
    .split('\n')
    .map((line) => (JSON.parse(line) as { text?: unknown }).text);
}

test.each([
  ['one write', ['one\rtwo\rthree\r']],
  ['a write for each line', ['one\r', 'two\r', 'three\r']],
  ['writes that end within lines', ['on', 'e\rtw', 'o\r', 'three', '\r']],
  ['CR and LF', ['one\r\ntwo\r\nthree\r\n']],
])('lines of a paste that the terminal does not mark, in %s, are one message', async (_, writes) => {
  const { address } = await startTestServer();
  const client = await joined(address);
  for (const bytes of writes) client.write(bytes);
  await client.until((text) => /│ one +│\n *│ two +│\n *│ three +│/.test(text));
  client.write('\r');
  await client.until((text) => text.includes('three') && text.includes('✓'));
  expect(await storedTexts(address)).toEqual(['one\ntwo\nthree']);
});

test('lines with Enter in one write each are sent one by one', async () => {
  const { address } = await startTestServer();
  const client = await joined(address);
  for (const line of ['one', 'two', 'three']) {
    client.write(`${line}\r`);
    await client.until((text) => new RegExp(`${line} +✓`).test(text));
  }
  expect(await storedTexts(address)).toEqual(['one', 'two', 'three']);
});

test('lines in a burst fill the fields of the login screen', async () => {
  const { address } = await startTestServer();
  const client = startTerminal(['connect', address]);
  await client.until((text) => text.includes('Enter log in'));
  client.write('user1\rqwerty\r');
  await client.until((text) => text.includes('user1 @') && text.includes('· connected'));
});

describeWith(['tmux'], 'tmux', () => {
  const folders = new Set<string>();
  const tmux = (folder: string, ...args: readonly string[]) =>
    runTool('tmux', args, {
      env: cleanEnvironment({ ...env, TMUX_TMPDIR: folder, TERM: 'xterm-256color' }),
    });

  afterEach(() => {
    for (const folder of folders) tmux(folder, 'kill-server');
    folders.clear();
  });

  test('tmux send-keys with a text and Enter sends a message', async () => {
    const { address } = await startTestServer();
    const folder = temporaryFolder();
    folders.add(folder);
    const client = [process.execPath, program, 'connect', address, '--user', 'user1'];
    tmux(folder, '-u', '-f', '/dev/null', 'new-session', '-d', '-x', '80', '-y', '24', ...client);
    const screen = () => tmux(folder, 'capture-pane', '-p').stdout;
    await untilScreen(screen, (text) => text.includes('· connected'));
    tmux(folder, 'send-keys', 'from a script', 'Enter');
    await untilScreen(screen, (text) => /from a script +✓/.test(text));
    expect(await storedTexts(address)).toEqual(['from a script']);
  });
});

/** Polls until the screen satisfies the condition or the test times out. */
async function untilScreen(screen: () => string, condition: (text: string) => boolean): Promise<void> {
  while (!condition(screen())) await new Promise((resolve) => setImmediate(resolve));
}
