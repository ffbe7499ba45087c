import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, expect, test } from '@jest/globals';
import { findPastedImages } from './pasted-images.js';

const folder = await mkdtemp(path.join(tmpdir(), 'chat pasted-'));
afterAll(() => rm(folder, { recursive: true }));

async function file(name: string, content = 'GIF89a'): Promise<string> {
  const full = path.join(folder, name);
  await writeFile(full, content);
  return full;
}

test('a dropped image is found, however its path is written', async () => {
  const image = await file("it's (1).gif");
  for (const text of [
    image,
    image.replace(/[^\w/.-]/g, '\\$&'),
    `"${image}"`,
    encodeURI(`file://${image}`),
  ]) {
    expect(await findPastedImages(text)).toEqual([image]);
  }
  expect(await findPastedImages(`~/${path.basename(image)}\n`, { home: folder })).toEqual([image]);
});

test('several dropped images are found', async () => {
  const [a, b] = [await file('a.gif'), await file('b.gif')];
  expect(await findPastedImages(`'${a}' '${b}'`)).toEqual([a, b]);
  expect(await findPastedImages(`${a}\n${b}`)).toEqual([a, b]);
});

test('a file whose name has a space is not taken for two', async () => {
  const both = await file('c.gif d.gif');
  await file('c.gif');
  expect(await findPastedImages(both)).toEqual([both]);
});

test('a screenshot of macOS is found by a name with a common space', async () => {
  const stored = await file('Shot at 3.07.11\u202fPM.png');
  expect(await findPastedImages(path.join(folder, 'Shot at 3.07.11 PM.png'))).toEqual([stored]);
});

test('a path that is missing, or no image, or among other words, stays text', async () => {
  const image = await file('e.gif');
  const notes = await file('notes.png', 'not an image');
  for (const text of [
    `${folder}/gone.gif`,
    notes,
    `${image} ${notes}`,
    `look: ${image}`,
    '/dev/zero',
    folder,
  ]) {
    expect(await findPastedImages(text)).toBeUndefined();
  }
});
