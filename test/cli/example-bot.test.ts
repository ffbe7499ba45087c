import { spawn } from 'node:child_process';
import { mkdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as nextTurn } from 'node:timers/promises';
import { expect, test } from '@jest/globals';
import { cleanEnvironment, runChat, startChat, startServe, temporaryFolder } from '../chat-process.js';
import { describeWith } from '../require-tool.js';

const root = join(import.meta.dirname, '..', '..');

describeWith(['python3'], 'the example bot', () => {
  test('answers in the room, and leaves no process behind when it is killed', async () => {
    const server = await startServe(['--store', 'memory']);
    const bin = join(temporaryFolder(), 'bin');
    mkdirSync(bin);
    symlinkSync(join(root, 'bin', 'chat.js'), join(bin, 'chat'));
    const path = `${bin}:${process.env.PATH ?? ''}`;
    const login = { CHAT_USER: 'user2', CHAT_PASSWORD: 'qwerty' };
    const bot = spawn('python3', [join(root, 'examples', 'echo-bot.py'), server.address], {
      env: cleanEnvironment({ ...login, PATH: path }),
      stdio: 'ignore',
      detached: true,
    });
    try {
      const env = { CHAT_USER: 'user1', CHAT_PASSWORD: 'qwerty' };
      const reader = startChat(['connect', server.address, '--tail', '0'], { env });
      // The bot may still be starting; it answers only later messages.
      while (!reader.stdout().includes('<user2> hello you')) {
        expect((await runChat(['send', server.address, '!echo hello  you'], { env })).code).toBe(0);
      }
      reader.kill('SIGTERM');
      await reader.ended;
      // Its `chat connect` is in the same process group, and does not outlive it.
      bot.kill('SIGKILL');
      while (isGroupRunning(bot.pid ?? 0)) await nextTurn(20);
    } finally {
      if (isGroupRunning(bot.pid ?? 0)) process.kill(-(bot.pid ?? 0), 'SIGKILL');
    }
  });
});

function isGroupRunning(leader: number): boolean {
  try {
    return process.kill(-leader, 0);
  } catch {
    return false;
  }
}
