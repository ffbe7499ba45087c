import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { cleanEnvironment, temporaryFolder } from '../chat-process.js';
import { describeWith } from '../require-tool.js';
import { startTestServer } from '../server/test-server.js';
import { joined, say } from './joined.js';
import { program, startTerminal } from './terminal-program.js';
import { runTool } from '../run-tool.js';

const altUp = '\u001b[1;3A';
const text = 'docs: https://a.example/x\n```\nmake all\n```';
const copied = (raw: string) =>
  [...raw.matchAll(/\u001b\]52;c;([\w+/=]*)\u0007/g)].map(([, base64 = '']) =>
    Buffer.from(base64, 'base64').toString(),
  );

test('y copies a message through the terminal, and repeated its link and its code', async () => {
  const { address } = await startTestServer();
  await say(address, 'user2', text);
  const client = await joined(address);
  await client.until((screen) => screen.includes('make all'));
  client.write(altUp);
  await client.until((screen) => screen.includes('y copy · r reply · : react · Esc back'));
  client.write('y');
  await client.until((screen) => screen.includes('Copied the text, if the terminal allows it'));
  expect(client.text()).toContain('y copies https://a.example/x');
  client.write('y');
  await client.until((screen) => screen.includes('Copied https://a.example/x'));
  client.write('y');
  await client.until((screen) => screen.includes('Copied the code block'));
  expect(copied(client.raw())).toEqual([text, 'https://a.example/x', 'make all']);
});

describeWith(['tmux'], 'in tmux', () => {
  test('y copies to tmux and the terminal around it', async () => {
    const { address } = await startTestServer();
    await say(address, 'user2', 'für 日本');
    const folder = temporaryFolder();
    const env = { CHAT_PASSWORD: 'qwerty', TMUX_TMPDIR: folder };
    await writeFile(join(folder, 'tmux.conf'), '');
    const chat = [process.execPath, program, 'connect', address, '--user', 'user1'];
    const command = ['-u', '-f', join(folder, 'tmux.conf'), 'new-session', ...chat];
    const client = startTerminal(command, { command: 'tmux', env });
    try {
      await client.until((screen) => screen.includes('für 日本'));
      client.write(altUp);
      await client.until((screen) => screen.includes('y copy'));
      client.write('y');
      await client.until((screen) => screen.includes('Copied the text to tmux'));
      const buffer = runTool('tmux', ['show-buffer'], { env: cleanEnvironment({ TMUX_TMPDIR: folder }) });
      expect(buffer.stdout).toBe('für 日本');
      await client.until(() => client.raw().includes(Buffer.from('für 日本').toString('base64')));
    } finally {
      runTool('tmux', ['kill-server'], { env: cleanEnvironment({ TMUX_TMPDIR: folder }) });
    }
  });
});
