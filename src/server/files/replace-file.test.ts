import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import {
  chmod,
  chown,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  readlink,
  rm,
  stat,
  symlink,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { replaceFile } from './replace-file.js';

let directory = '';
let path = '';
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'chat-replace-'));
  path = join(directory, 'file');
});
afterEach(() => rm(directory, { recursive: true }));

const asRoot = process.geteuid?.() === 0 ? test : test.skip;

describe('replaceFile', () => {
  asRoot('root gives the file to the owner of the directory', async () => {
    await chown(directory, 12_345, 12_346);
    await replaceFile(path, 'new');
    const { uid, gid } = await stat(path);
    expect([uid, gid]).toEqual([12_345, 12_346]);
  });

  test('the new file is private to its owner, and no temporary file remains', async () => {
    await writeFile(path, 'old');
    await chmod(path, 0o644);
    const { ino } = await stat(path);
    await replaceFile(path, 'new');
    const after = await stat(path);
    expect(await readFile(path, 'utf8')).toBe('new');
    expect([after.mode & 0o777, after.ino === ino]).toEqual([0o600, false]);
    expect(await readdir(directory)).toEqual(['file']);
  });

  test('an error of beforeRename keeps the old file', async () => {
    await writeFile(path, 'old');
    const cancelled = replaceFile(path, 'new', () => Promise.reject(new Error('no')));
    await expect(cancelled).rejects.toThrow('no');
    expect(await readFile(path, 'utf8')).toBe('old');
    expect(await readdir(directory)).toEqual(['file']);
  });

  test('a link is kept and its target replaced, even if the target does not exist yet', async () => {
    await mkdir(join(directory, 'elsewhere'));
    await symlink('elsewhere/target', path);
    for (const text of ['new', 'newer']) {
      await replaceFile(path, text);
      expect(await readlink(path)).toBe('elsewhere/target');
      expect(await readFile(join(directory, 'elsewhere', 'target'), 'utf8')).toBe(text);
      expect(await readdir(join(directory, 'elsewhere'))).toEqual(['target']);
    }
  });

  test('a link left at the temporary path is not followed', async () => {
    const victim = join(directory, 'victim');
    await writeFile(victim, 'untouched');
    await symlink(victim, `${path}.new`);
    await replaceFile(path, 'new');
    expect(await readFile(victim, 'utf8')).toBe('untouched');
    expect(await readFile(path, 'utf8')).toBe('new');
  });
});
