import { chmod, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, expect, test } from '@jest/globals';
import { imageViewer, systemOpener } from '../../src/client/images/image-viewer.js';
import { createImageProcess } from '../../src/client/images/process/image-process.js';
import { loadSharp } from '../../src/client/images/decode/decode.js';

const sharp = await loadSharp();
const imageProcess = createImageProcess();
const image = await sharp({ create: { width: 4, height: 3, channels: 3, background: 'red' } })
  .png()
  .toBuffer();
const folder = await mkdtemp(join(tmpdir(), 'chat-viewer-'));
afterAll(() => rm(folder, { recursive: true, force: true }));

/** Records the file and its other arguments. */
async function notingOpener(): Promise<{ opener: [string, string, string]; note: string }> {
  const program = join(folder, 'opener');
  const note = join(folder, 'note');
  await writeFile(program, '#!/bin/sh\nprintf "%s\\n" "$2" >> "$1"\n');
  await chmod(program, 0o700);
  return { opener: ['/bin/sh', program, note], note };
}

test('the opener receives a private PNG in a private folder', async () => {
  const { opener, note } = await notingOpener();
  const viewer = imageViewer(opener, imageProcess, folder);
  await viewer.open(image, 12);
  await viewer.open(image, 12);
  const files = (await readFile(note, 'utf8')).trim().split('\n');
  expect(new Set(files).size).toBe(2);
  for (const file of files) {
    expect(file).toMatch(/image-12(-2)?\.png$/);
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    expect((await stat(dirname(file))).mode & 0o777).toBe(0o700);
    expect((await sharp(await readFile(file)).metadata()).format).toBe('png');
  }
});

test('the opener does not receive the password', async () => {
  const note = join(folder, 'environment');
  const env = { PATH: process.env.PATH, CHAT_PASSWORD: 'secret' };
  await imageViewer(['/bin/sh', '-c', `env > '${note}'`], imageProcess, folder, env).open(image, 1);
  const environment = await readFile(note, 'utf8');
  expect(environment).toContain('PATH=');
  expect(environment).not.toContain('CHAT_PASSWORD');
});

test('the error for a missing folder for temporary files contains its path', async () => {
  const missing = join(folder, 'missing');
  await expect(imageViewer(['true'], imageProcess, missing).open(image, 1)).rejects.toMatchObject({
    message: `the folder for temporary files, ${missing}, cannot be used: no such file`,
    hint: expect.stringContaining('TMPDIR'),
  });
});

test('a damaged image is not passed to the opener', async () => {
  await expect(imageViewer(['false'], imageProcess, folder).open(image.subarray(0, 50), 1)).rejects.toThrow(
    'damaged',
  );
});

test('the error for a missing or failing opener contains its name', async () => {
  await expect(imageViewer(['no-such-opener'], imageProcess, folder).open(image, 1)).rejects.toThrow(
    'no-such-opener cannot be started',
  );
  await expect(imageViewer(['false'], imageProcess, folder).open(image, 1)).rejects.toThrow(
    'false could not show it',
  );
});

test('every desktop has an opener that is not a shell', () => {
  expect(systemOpener('darwin', {})).toEqual(['open']);
  expect(systemOpener('win32', {})).toEqual(['explorer.exe']);
  expect(systemOpener('linux', {})).toEqual(['xdg-open']);
  expect(systemOpener('linux', { WSL_DISTRO_NAME: 'Debian' })).toEqual(['wslview']);
});
