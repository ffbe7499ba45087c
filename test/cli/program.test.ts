import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { runChat } from '../chat-process.js';
import { runInProcess } from '../run-in-process.js';

const oneLine = /^chat: [^\n]+\n$/;
const commands = ['serve', 'connect', 'send', 'history', 'users', 'trust', 'doctor', 'completion'];

describe('chat', () => {
  test('prints the version with --version', async () => {
    const { version } = JSON.parse(readFileSync('package.json', 'utf8')) as { version: string };
    expect(await runChat(['--version'])).toEqual({
      code: 0,
      signal: null,
      stdout: `${version}\n`,
      stderr: '',
    });
  });

  test('lists every command with --help', async () => {
    const { stdout, code, stderr } = await runInProcess(['--help']);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    for (const command of commands) expect(stdout).toMatch(new RegExp(`^  ${command} `, 'm'));
  });

  test.each(commands)('explains %s with examples', async (command) => {
    const { stdout, code } = await runInProcess([command, '--help']);
    expect(code).toBe(0);
    expect(stdout).toMatch(new RegExp(`^Usage: chat ${command}`));
    expect(stdout).toMatch(new RegExp(`^Examples:\\n  .*chat ${command}`, 'm'));
  });

  test.each([
    ['send', [0, 1, 2, 3, 4, 7, 129, 130, 143]],
    ['connect', [0, 1, 2, 3, 4, 5, 7, 129, 130, 143]],
    ['history', [0, 1, 2, 3, 4, 5, 7, 129, 130, 143]],
  ])('explains the exit codes of %s', async (command, codes) => {
    const { stdout } = await runInProcess([command, '--help']);
    for (const code of codes) expect(stdout).toMatch(new RegExp(`\\b${code}\\b`));
  });

  test('prints the help on stderr and exits with 2 without a command', async () => {
    const { stdout, stderr, code } = await runChat([]);
    expect({ stdout, code }).toEqual({ stdout: '', code: 2 });
    expect(stderr).toMatch(/^Usage: chat/);
  });

  test.each<[string[], RegExp]>([
    [['sned'], /Did you mean send\?/],
    [['help', 'conect'], /unknown command 'conect'\. Did you mean connect\?/],
    [['conect', '--help'], /Did you mean connect\?/],
    [['bogus'], /See: chat --help/],
    [['users', 'list', '--bogus'], /See: chat users list --help/],
    [['serve', '--port'], /argument missing/],
    [['serve', 'extra'], /too many arguments/],
  ])('rejects %j in one line', async (args, message) => {
    const ended = await runInProcess(args);
    expect(ended).toMatchObject({ code: 2, stdout: '', stderr: expect.stringMatching(oneLine) });
    expect(ended.stderr).toMatch(message);
  });

  test('never prints an escape sequence of an argument', async () => {
    const { stderr, code } = await runInProcess(['send', '--to', '\u001b]0;owned\u0007x', 'hi']);
    expect(code).toBe(2);
    expect(stderr).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/);
  });

  test('loads no large module for its help', async () => {
    const { stderr } = await runChat(['--help'], { env: { NODE_DEBUG: 'esm' } });
    expect(stderr).not.toMatch(/grpc|classic-level|node_modules\/(ink|react|sharp|pino)\//);
  });
});
