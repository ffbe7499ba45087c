import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test, afterAll, beforeAll } from '@jest/globals';
import { cannedCommands, contentWithBytes } from '../../../test/support/canned-commands.js';
import type { ProgramResult, ProgramRunner } from '../system/program.js';
import { readWindows, windowsHost, wslHost, decodeBase64File } from './windows-clipboard.js';

const signal = new AbortController().signal;
const base64 = (text: string) => Buffer.from(text).toString('base64');

/** PowerShell with canned output. */
function answering(...lines: string[]): ProgramRunner {
  return cannedCommands(() => ({ status: 'done', output: Buffer.from(`${lines.join('\r\n')}\r\n`) }));
}

test('an image is decoded', async () => {
  const bytes = Buffer.from('\x89PNG\r\n\x1a\n', 'latin1');
  const content = await readWindows(windowsHost(), answering('image', bytes.toString('base64')), signal);
  expect(await contentWithBytes(content)).toEqual({ type: 'image', bytes });
});

test('text keeps its characters and lines', async () => {
  const text = 'für\r\n日本';
  expect(await readWindows(windowsHost(), answering('text', base64(text)), signal)).toEqual({
    type: 'text',
    text,
  });
});

test('copied files are read as paths, in WSL as its own', async () => {
  const run = answering('files', base64('C:\\Users\\é\\a b.png'), base64('D:\\c.png'));
  expect(await readWindows(windowsHost(), run, signal)).toEqual({
    type: 'files',
    paths: ['C:\\Users\\é\\a b.png', 'D:\\c.png'],
  });
  expect(await readWindows(wslHost, run, signal)).toEqual({
    type: 'files',
    paths: ['/mnt/c/Users/é/a b.png', '/mnt/d/c.png'],
  });
});

test('an empty clipboard and other content are different reasons', async () => {
  const reason = async (line: string) => readWindows(windowsHost(), answering(line), signal);
  expect(await reason('empty')).toEqual({ type: 'nothing', reason: { kind: 'empty' } });
  expect(await reason('other')).toEqual({ type: 'nothing', reason: { kind: 'no-image-or-text' } });
  expect(await reason('image')).toEqual({ type: 'nothing', reason: { kind: 'no-image-or-text' } });
});

test.each([
  [{ status: 'missing' }, { kind: 'no-tool', install: 'PowerShell' }],
  [{ status: 'stopped' }, { kind: 'timed-out' }],
  [
    { status: 'failed', stderr: 'Get-Clipboard : busy\n' },
    { kind: 'failed', detail: 'Get-Clipboard : busy' },
  ],
] as const)('%j is a reason', async (result: ProgramResult<Buffer>, reason) => {
  expect(
    await readWindows(
      wslHost,
      cannedCommands(() => result),
      signal,
    ),
  ).toEqual({
    type: 'nothing',
    reason,
  });
});

test('PowerShell is started by its absolute path', async () => {
  const called: string[] = [];
  const commands = cannedCommands(([program]) => {
    called.push(program);
    return { status: 'missing' };
  });
  await readWindows(windowsHost('D:\\Windows'), commands, signal);
  await readWindows(wslHost, commands, signal);
  expect(called).toEqual([
    'D:\\Windows\\System32\\WindowsPowerShell\\v1.0\\powershell.exe',
    '/mnt/c/Windows/System32/WindowsPowerShell/v1.0/powershell.exe',
  ]);
});

let folder = '';
beforeAll(async () => (folder = await mkdtemp(join(tmpdir(), 'chat-test-'))));
afterAll(() => rm(folder, { recursive: true }));

async function decoded(text: string, from = 0): Promise<Buffer> {
  const path = join(folder, 'file');
  await writeFile(path, text);
  await decodeBase64File(path, from);
  return readFile(path);
}

test.each([0, 1, 2, 3, 4, 5, 786_431, 786_432, 786_433, 3_000_000])(
  '%i bytes are decoded exactly',
  async (length) => {
    const bytes = Buffer.alloc(length, 'whatever it is');
    expect((await decoded(`image\r\n${bytes.toString('base64')}\r\n`, 7)).equals(bytes)).toBe(true);
  },
);

test('a file that ends before the offset becomes empty', async () => {
  expect(await decoded('image', 7)).toHaveLength(0);
});
