import { mkdtemp, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, expect, test } from '@jest/globals';
import { outputOf } from '../../../../test/run-tool.js';
import { maxSourceBytes } from './image-header.js';
import { isImageFile, readImageFile } from './read-image-file.js';

const folder = await mkdtemp(path.join(tmpdir(), 'chat-image-'));
afterAll(() => rm(folder, { recursive: true }));

test('readImageFile reads the whole file', async () => {
  const file = path.join(folder, 'a b.png');
  await writeFile(file, 'pixels');
  expect(Buffer.from(await readImageFile(file)).toString()).toBe('pixels');
});

test('the error for a missing file contains its path', async () => {
  const file = path.join(folder, 'gone.png');
  await expect(readImageFile(file)).rejects.toMatchObject({
    code: 'not-found',
    message: `${file}: no such file`,
  });
});

test('readImageFile rejects a directory, a device and a named pipe', async () => {
  const pipe = path.join(folder, 'pipe');
  outputOf('mkfifo', [pipe]);
  for (const file of [folder, '/dev/zero', pipe]) {
    await expect(readImageFile(file)).rejects.toMatchObject({ message: `${file} is not a file` });
  }
});

test('readImageFile rejects a file over the limit before reading it', async () => {
  const file = path.join(folder, 'huge.png');
  await writeFile(file, '');
  await truncate(file, maxSourceBytes + 1);
  await expect(readImageFile(file)).rejects.toMatchObject({ code: 'message-too-large' });
});

test('isImageFile checks the first bytes, not the name', async () => {
  const [image, text] = [path.join(folder, 'image.txt'), path.join(folder, 'text.png')];
  await writeFile(image, 'GIF89a');
  await writeFile(text, 'hello');
  expect(await isImageFile(image)).toBe(true);
  for (const file of [text, folder, '/dev/zero', path.join(folder, 'gone.png')]) {
    expect(await isImageFile(file)).toBe(false);
  }
});
