import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, expect, test } from '@jest/globals';
import { findPastedImages, namedImage } from './pasted-images.js';

const folder = await mkdtemp(path.join(tmpdir(), 'chat pasted-'));
afterAll(() => rm(folder, { recursive: true }));

async function file(name: string, content = 'GIF89a'): Promise<string> {
  const full = path.join(folder, name);
  await writeFile(full, content);
  return full;
}

test('a dropped image is found for every spelling of its path', async () => {
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

test('a path on a drive that does not answer is text', async () => {
  const isImage = () => new Promise<boolean>(() => undefined);
  expect(await findPastedImages('/net/gone/a.png', { isImage, timeoutMs: 10 })).toBeUndefined();
});

test('a command does not wait for a drive that does not answer', async () => {
  const isImage = () => new Promise<boolean>(() => undefined);
  expect(await namedImage('/net/gone/a.png', folder, { isImage, timeoutMs: 10 })).toBe('/net/gone/a.png');
});

test('several dropped images are found', async () => {
  const [a, b] = [await file('a.gif'), await file('b.gif')];
  expect(await findPastedImages(`'${a}' '${b}'`)).toEqual([a, b]);
  expect(await findPastedImages(`${a}\n${b}`)).toEqual([a, b]);
});

test('a file name with a space is not split', async () => {
  const both = await file('c.gif d.gif');
  await file('c.gif');
  expect(await findPastedImages(both)).toEqual([both]);
});

test('a macOS screenshot is found by a name with a common space', async () => {
  const stored = await file('Shot at 3.07.11\u202fPM.png');
  expect(await findPastedImages(path.join(folder, 'Shot at 3.07.11 PM.png'))).toEqual([stored]);
});

test('a missing path, a path to another file and a path among words stay text', async () => {
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

test('a command finds an image for every spelling of its path, also a relative one', async () => {
  const image = await file('my cat (1).gif');
  const name = path.basename(image);
  const escaped = name.replace(/[^\w.]/g, '\\$&');
  for (const text of [
    name,
    `"${name}"`,
    `'${name}'`,
    escaped,
    `./${name}`,
    `"./${name}"`,
    `../${path.basename(folder)}/${escaped}`,
  ]) {
    expect(await namedImage(text, folder)).toBe(image);
  }
  for (const text of [
    `~/${name}`,
    `"~/${name}"`,
    `~/${escaped}`,
    image,
    `'${image}'`,
    encodeURI(`file://${image}`),
  ]) {
    expect(await namedImage(text, '/elsewhere', { home: folder })).toBe(image);
  }
});

test('a command prefers the literal file name, including quotes', async () => {
  const [plain, quoted] = [await file('f.gif'), await file('"f.gif"')];
  expect(await namedImage('"f.gif"', folder)).toBe(quoted);
  expect(await namedImage('f.gif', folder)).toBe(plain);
});

test('without an image a command returns the likeliest local path', async () => {
  expect(await namedImage('"my dog.gif"', folder)).toBe(path.join(folder, 'my dog.gif'));
  expect(await namedImage('a.gif b.gif', folder)).toBe(path.join(folder, 'a.gif b.gif'));
  const asked: string[] = [];
  const isImage = (each: string) => {
    asked.push(each);
    return Promise.resolve(false);
  };
  await namedImage('"\\\\host\\share\\a.gif"', folder, { isImage });
  await namedImage('"//host/share/a.gif"', folder, { isImage });
  for (const each of asked) expect(each.startsWith(`${folder}/`)).toBe(true);
});
