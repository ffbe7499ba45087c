import { spawn } from 'node:child_process';
import { mkdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as nextTurn } from 'node:timers/promises';
import { expect, test } from '@jest/globals';
import { cleanEnvironment, runChat, startChat, startServe, temporaryFolder } from '../chat-process.js';
import { describeWith } from '../require-tool.js';

const root = join(import.meta.dirname, '..', '..');

describeWith(['python3'], 'the example bot', () => {
  test('answers in the room and to the message that mentions it, and leaves no process behind when it is killed', async () => {
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
      const env = { CHAT_USER: 'user1', CHAT_PASSWORD: 'qwerty', CHAT_ADDRESS: server.address };
      const reader = startChat(['connect', '--json', '--tail', '0'], { env });
      const chat = async (...args: string[]): Promise<string> => {
        const { code, stdout } = await runChat(args, { env });
        expect(code).toBe(0);
        return stdout;
      };
      const messages = () =>
        reader
          .stdout()
          .split('\n')
          .slice(0, -1)
          .map((line) => JSON.parse(line) as Readonly<Record<string, unknown>>);
      const answer = (text: string) =>
        messages().find((message) => message.from === 'user2' && message.text === text);
      await chat('rooms', 'create', 'ops', '--member', 'user2');
      // The bot may still be starting; it answers only later messages.
      while (!answer('hello  you')) await chat('send', '@User2 hello  you');
      expect(answer('hello  you')).toMatchObject({ room: 'lobby', replyTo: expect.any(Number) });
      const questions = [
        [['--room', 'ops'], 'ops', '$(id) --lines'],
        [['--direct', 'user2'], 'user1,user2', 'secret'],
      ] as const;
      for (const [place, room, text] of questions) {
        await chat('send', ...place, 'user2 is not mentioned here');
        const { sequence } = JSON.parse(await chat('send', ...place, '--json', '--', `@user2 ${text}`)) as {
          readonly sequence: number;
        };
        await reader.until(() => answer(text) !== undefined);
        expect(answer(text)).toMatchObject({ room, replyTo: sequence });
      }
      expect(messages().filter(({ from, room }) => from === 'user2' && room === 'ops')).toHaveLength(1);
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
