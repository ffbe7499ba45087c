import { chmod, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, expect, test } from '@jest/globals';
import { imageViewer, systemOpener } from '../../src/client/images/image-viewer.js';
import { loadSharp } from '../../src/client/images/decode/decode.js';

const sharp = await loadSharp();
const picture = await sharp({ create: { width: 4, height: 3, channels: 3, background: 'red' } })
  .png()
  .toBuffer();
const folder = await mkdtemp(join(tmpdir(), 'chat-viewer-'));
afterAll(() => rm(folder, { recursive: true, force: true }));

/** An opener that notes the file that it was given, after words of its own. */
async function notingOpener(): Promise<{ opener: [string, string, string]; note: string }> {
  const program = join(folder, 'opener');
  const note = join(folder, 'note');
  await writeFile(program, '#!/bin/sh\nprintf "%s\\n" "$2" >> "$1"\n');
  await chmod(program, 0o700);
  return { opener: ['/bin/sh', program, note], note };
}

test('the opener gets a PNG that only this user can read, in a folder that only this user can enter', async () => {
  const { opener, note } = await notingOpener();
  const viewer = imageViewer(opener, folder);
  await viewer.open(picture, 12);
  await viewer.open(picture, 12);
  const files = (await readFile(note, 'utf8')).trim().split('\n');
  expect(new Set(files).size).toBe(2);
  for (const file of files) {
    expect(file).toMatch(/image-12(-2)?\.png$/);
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    expect((await stat(dirname(file))).mode & 0o777).toBe(0o700);
    expect((await sharp(await readFile(file)).metadata()).format).toBe('png');
  }
});

test('the opener does not see the password', async () => {
  const note = join(folder, 'environment');
  const env = { PATH: process.env.PATH, CHAT_PASSWORD: 'secret' };
  await imageViewer(['/bin/sh', '-c', `env > '${note}'`], folder, env).open(picture, 1);
  const environment = await readFile(note, 'utf8');
  expect(environment).toContain('PATH=');
  expect(environment).not.toContain('CHAT_PASSWORD');
});

test('a folder for temporary files that is not there is named', async () => {
  const missing = join(folder, 'missing');
  await expect(imageViewer(['true'], missing).open(picture, 1)).rejects.toMatchObject({
    message: `the folder for temporary files, ${missing}, cannot be used: no such file`,
    hint: expect.stringContaining('TMPDIR'),
  });
});

test('a damaged picture is not handed on', async () => {
  await expect(imageViewer(['false'], folder).open(picture.subarray(0, 50), 1)).rejects.toThrow('damaged');
});

test('an opener that is missing or fails is named', async () => {
  await expect(imageViewer(['no-such-opener'], folder).open(picture, 1)).rejects.toThrow(
    'no-such-opener cannot be started',
  );
  await expect(imageViewer(['false'], folder).open(picture, 1)).rejects.toThrow('false could not show it');
});

test('every desktop has its opener, and none of them is a shell', () => {
  expect(systemOpener('darwin', {})).toEqual(['open']);
  expect(systemOpener('win32', {})).toEqual(['explorer.exe']);
  expect(systemOpener('linux', {})).toEqual(['xdg-open']);
  expect(systemOpener('linux', { WSL_DISTRO_NAME: 'Debian' })).toEqual(['wslview']);
});
