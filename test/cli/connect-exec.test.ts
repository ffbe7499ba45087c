import { readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from '@jest/globals';
import sharp from 'sharp';
import { runChat, startServe, temporaryFolder, type ServerProcess } from '../chat-process.js';

const env = { CHAT_USER: 'user1', CHAT_PASSWORD: 'qwerty' };
let server: ServerProcess;
let folder: string;
let png: Buffer;

beforeAll(async () => {
  folder = temporaryFolder();
  server = await startServe(['--store', 'memory']);
  png = await sharp({ create: { width: 6, height: 4, channels: 3, background: 'red' } })
    .png()
    .toBuffer();
  writeFileSync(join(folder, 'in.png'), png);
  const send = (...args: string[]) => runChat(['send', server.address, ...args], { env, cwd: folder });
  expect((await send('$(touch owned); `id` "quoted" \\n')).code).toBe(0);
  expect((await send('--image', 'in.png', 'two\nlines')).code).toBe(0);
});

const once = (...args: string[]) =>
  runChat(['connect', server.address, '--once', ...args], { env, cwd: folder });

/** A program that prints variables as JSON. */
const dump = (): string => {
  const script = join(folder, 'dump.cjs');
  writeFileSync(
    script,
    `const own = Object.entries(process.env).filter(([name]) => name.startsWith('CHAT_MESSAGE_'));
     console.log(JSON.stringify(Object.fromEntries(own)));`,
  );
  return `'${process.execPath}' '${script}'`;
};
const objects = (stdout: string) =>
  stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, string>);

describe('connect --exec', () => {
  test('passes a program neither the password nor data of another message', async () => {
    const script = join(folder, 'own.cjs');
    writeFileSync(
      script,
      `const { CHAT_USER, CHAT_PASSWORD, CHAT_MESSAGE_FILE, CHAT_MESSAGE_TYPE } = process.env;
       console.log(JSON.stringify({ CHAT_USER, CHAT_PASSWORD, CHAT_MESSAGE_FILE, CHAT_MESSAGE_TYPE }));`,
    );
    const stale = { ...env, CHAT_MESSAGE_FILE: '/stale', CHAT_MESSAGE_TYPE: 'stale' };
    const args = [
      'connect',
      server.address,
      '--once',
      '--tail',
      '1',
      '--exec',
      `'${process.execPath}' '${script}'`,
    ];
    const { stdout } = await runChat(args, { env: stale, cwd: folder });
    expect(objects(stdout)).toEqual([{ CHAT_USER: 'user1', CHAT_MESSAGE_TYPE: 'message' }]);
  });

  test('runs a program for each message in order, with data in the environment and without a shell', async () => {
    const { code, stdout, stderr } = await once('--exec', dump());
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(objects(stdout)).toMatchObject([
      {
        CHAT_MESSAGE_TYPE: 'message',
        CHAT_MESSAGE_SEQUENCE: '1',
        CHAT_MESSAGE_FROM: 'user1',
        CHAT_MESSAGE_SELF: 'true',
        CHAT_MESSAGE_REPLAY: 'true',
        CHAT_MESSAGE_TEXT: '$(touch owned); `id` "quoted" \\n',
      },
      { CHAT_MESSAGE_TYPE: 'image', CHAT_MESSAGE_WIDTH: '6', CHAT_MESSAGE_HEIGHT: '4' },
      { CHAT_MESSAGE_TEXT: 'two\nlines' },
    ]);
    expect(readdirSync(folder)).not.toContain('owned');
  });

  test('reports a program that fails, and continues', async () => {
    const { code, stderr, stdout } = await once(
      '--exec',
      `'${process.execPath}' -e "process.exit(3)"`,
      '--plain',
    );
    expect(code).toBe(0);
    expect(stderr).toMatch(/^(chat: --exec: .* ended with exit code 3\n){3}$/);
    expect(stdout).toMatch(/<user1> two\n\tlines\n$/);
  });

  test.each([
    ['no-such-program-here', 'There is no such program in PATH.'],
    ['./no-such-file', 'No such file'],
    ['./in.png', 'Permission denied'],
    ['./', 'Not a file'],
  ])('exits with 2 before the first message if %s cannot be started', async (command, reason) => {
    const { code, stdout, stderr } = await runChat(
      ['connect', server.address, '--tail', '0', '--plain', '--exec', command],
      { env, cwd: folder },
    );
    expect({ code, stdout, stderr }).toEqual({
      code: 2,
      stdout: '',
      stderr: `chat: --exec: cannot start ${command}. ${reason}\n`,
    });
  });
});

describe('connect --save-images', () => {
  test('saves images under their number for their owner only, and never overwrites a file', async () => {
    const { stdout, code } = await once('--json', '--save-images', 'saved');
    expect(code).toBe(0);
    const path = join(folder, 'saved', 'chat-2.png');
    const image = objects(stdout).find(({ type }) => type === 'image');
    expect(image).toMatchObject({ sequence: 2, width: 6, height: 4, file: path });
    expect(image).not.toHaveProperty('base64');
    expect(readFileSync(path)).toEqual(png);
    expect(statSync(path).mode & 0o777).toBe(0o600);
    await once('--save-images', 'saved');
    expect(readdirSync(join(folder, 'saved'))).toEqual(['chat-2.png']);
    writeFileSync(path, 'mine');
    const again = await once('--save-images', 'saved');
    expect(again.stdout).toContain(join(folder, 'saved', 'chat-2-2.png'));
    expect(readFileSync(path, 'utf8')).toBe('mine');
  });

  test('is not needed for images: they are described, or base64 with --json', async () => {
    expect((await once()).stdout).toMatch(/<user1> \[image 2 · 6×4 · \d+ B\]\n/);
    const image = objects((await once('--json')).stdout).find(({ type }) => type === 'image');
    expect(Buffer.from(image?.base64 ?? '', 'base64')).toEqual(png);
  });
});
