import { mkdtemp, mkdir, readFile, readdir, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { createImageProcess } from '../../src/client/images/process/image-process.js';
import { loadSharp } from '../../src/client/images/decode/decode.js';
import { saveImage } from '../../src/client/images/save-image.js';

const sharp = await loadSharp();
const image = await sharp({ create: { width: 4, height: 3, channels: 3, background: 'red' } })
  .png()
  .toBuffer();
const imageProcess = createImageProcess();
let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'chat-save-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const save = (path?: string, bytes: Uint8Array = image) =>
  saveImage(imageProcess, bytes, { number: 12, path, directory: folder, home: join(folder, 'home') });

describe('saveImage', () => {
  test('writes chat-N.png to the current directory, private to its owner', async () => {
    const path = await save();
    expect(path).toBe(join(folder, 'chat-12.png'));
    expect((await stat(path)).mode & 0o777).toBe(0o600);
    expect((await sharp(await readFile(path)).metadata()).format).toBe('png');
  });

  test('accepts a file, a directory, and ~ for home', async () => {
    await mkdir(join(folder, 'home', 'images'), { recursive: true });
    expect(await save('run 1.png')).toBe(join(folder, 'run 1.png'));
    expect(await save('home')).toBe(join(folder, 'home', 'chat-12.png'));
    expect(await save('~/images/')).toBe(join(folder, 'home', 'images', 'chat-12.png'));
  });

  test('never overwrites a file or follows a link', async () => {
    await writeFile(join(folder, 'mine.png'), 'mine');
    await symlink(join(folder, 'elsewhere'), join(folder, 'link.png'));
    await expect(save('mine.png')).rejects.toThrow(`${join(folder, 'mine.png')} exists`);
    await expect(save('link.png')).rejects.toThrow(`${join(folder, 'link.png')} exists`);
    expect(await readFile(join(folder, 'mine.png'), 'utf8')).toBe('mine');
    expect((await readdir(folder)).sort()).toEqual(['link.png', 'mine.png']);
  });

  test('reports a missing directory', async () => {
    await expect(save('nowhere/x.png')).rejects.toThrow('no such directory');
    await expect(save('nowhere/')).rejects.toThrow('no such directory');
  });

  test('keeps only the pixels of a file with other contents', async () => {
    const path = await save('p.png', Buffer.concat([image, Buffer.from('#!/bin/sh\nrm -rf ~\n')]));
    expect((await readFile(path)).includes('rm -rf')).toBe(false);
  });

  test('writes no file for a damaged image', async () => {
    await expect(save('p.png', image.subarray(0, 50))).rejects.toThrow('damaged');
    expect(await readdir(folder)).toEqual([]);
  });
});
