import { chmod, chown, mkdir, mkdtemp, readFile, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { markUpgraded, openDataDirectory } from './data-directory.js';

const isRoot = process.geteuid?.() === 0;
const testAsRoot = isRoot ? test : test.skip;

let base: string;
let path: string;

beforeEach(async () => {
  base = await mkdtemp(join(tmpdir(), 'chat-data-'));
  path = join(base, 'nested', 'data');
});

afterEach(() => rm(base, { recursive: true, force: true }));

test('an absent directory is created for its owner only, and opens again', async () => {
  const first = await openDataDirectory(path);
  expect((await stat(path)).mode & 0o777).toBe(0o700);
  expect(await readFile(join(path, 'version'), 'utf8')).toBe('chat data 2\n');
  await mkdir(first.log);
  expect(await openDataDirectory(path)).toEqual({ path, log: join(path, 'log') });
});

test('an existing directory that others could read is made private', async () => {
  await mkdir(path, { recursive: true, mode: 0o755 });
  await openDataDirectory(path);
  expect((await stat(path)).mode & 0o777).toBe(0o700);
});

test('a new volume with accounts added before the first start is accepted', async () => {
  await mkdir(join(path, 'lost+found'), { recursive: true });
  await writeFile(join(path, 'accounts.json'), '{}');
  await expect(openDataDirectory(path)).resolves.toMatchObject({ path });
});

test('a directory with other files is rejected and left unchanged', async () => {
  await mkdir(path, { recursive: true, mode: 0o755 });
  await writeFile(join(path, 'thesis.txt'), 'mine');
  await expect(openDataDirectory(path)).rejects.toMatchObject({
    code: 'data-directory',
    message: expect.stringContaining('thesis.txt'),
  });
  expect(await readdir(path)).toEqual(['thesis.txt']);
  expect((await stat(path)).mode & 0o777).toBe(0o755);
});

test('opens data of the version before unchanged, and marks it once its log was upgraded', async () => {
  await mkdir(path, { recursive: true, mode: 0o700 });
  await writeFile(join(path, 'version'), 'chat data 1\n', { mode: 0o600 });
  const directory = await openDataDirectory(path);
  expect(await readFile(join(path, 'version'), 'utf8')).toBe('chat data 1\n');
  await markUpgraded(directory);
  expect(await readFile(join(path, 'version'), 'utf8')).toBe('chat data 2\n');
  await expect(openDataDirectory(path)).resolves.toEqual(directory);
});

test.each(['chat data 3\n', 'chat data 999\n'])(
  'newer data (%j) is rejected and left unchanged',
  async (text) => {
    await mkdir(path, { recursive: true });
    await writeFile(join(path, 'version'), text);
    await expect(openDataDirectory(path)).rejects.toMatchObject({
      code: 'data-directory',
      hint: expect.stringContaining('Update chat'),
    });
    expect(await readFile(join(path, 'version'), 'utf8')).toBe(text);
  },
);

test.each(['', '1', 'chat data 0\n', 'chat data one\n', 'version 3 of the thesis'])(
  'a version file with %j is rejected',
  async (text) => {
    await mkdir(path, { recursive: true });
    await writeFile(join(path, 'version'), text);
    await expect(openDataDirectory(path)).rejects.toMatchObject({ code: 'data-directory' });
    expect(await readFile(join(path, 'version'), 'utf8')).toBe(text);
  },
);

test('a path that is a file is rejected by its name', async () => {
  const file = join(base, 'file');
  await writeFile(file, '');
  await expect(openDataDirectory(file)).rejects.toMatchObject({
    code: 'data-directory',
    message: expect.stringContaining(file),
  });
});

test('an empty directory that all users may write to is made private and used', async () => {
  await mkdir(path, { recursive: true });
  await chmod(path, 0o777);
  await openDataDirectory(path);
  expect((await stat(path)).mode & 0o777).toBe(0o700);
});

test.each([
  ['the directory', '', 0o777],
  ['the directory', '', 0o770],
  ['the directory', '', 0o1777],
  ['the log', 'log', 0o777],
  ['the version', 'version', 0o666],
])(
  'a directory in which others can change %s is rejected with the command that fixes it',
  async (_, name, mode) => {
    const { log } = await openDataDirectory(path);
    await mkdir(log);
    const open = join(path, name);
    await chmod(open, mode);
    const refused = {
      code: 'data-directory',
      message: expect.stringContaining(open),
      hint: expect.stringMatching(/chmod \S+ \//),
    };
    await expect(openDataDirectory(path)).rejects.toMatchObject(refused);
    expect((await stat(open)).mode & 0o7777).toBe(mode);
    await chmod(open, 0o700);
    await openDataDirectory(path);
  },
);

test('accounts that others may have put into a new directory are rejected', async () => {
  await mkdir(path, { recursive: true });
  await writeFile(join(path, 'accounts.json'), '{}');
  await chmod(path, 0o777);
  await expect(openDataDirectory(path)).rejects.toMatchObject({ code: 'data-directory' });
  expect(await readdir(path)).toEqual(['accounts.json']);
});

testAsRoot('root can use a volume of another user', async () => {
  await mkdir(path, { recursive: true });
  await chown(path, 1000, 1000);
  await openDataDirectory(path);
  await openDataDirectory(path);
  expect((await stat(join(path, 'version'))).uid).toBe(1000);
});
