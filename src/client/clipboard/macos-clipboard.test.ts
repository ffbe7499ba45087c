import { access, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, test } from '@jest/globals';
import { contentWithBytes } from '../../../test/support/canned-commands.js';
import { readMacos, type Pasteboard } from './macos-clipboard.js';

const signal = new AbortController().signal;

function pasteboard(content: Partial<Pasteboard>): Pasteboard {
  return { readImages: () => Promise.resolve([]), read: () => Promise.resolve(''), ...content };
}

async function temporaryFiles(...names: string[]): Promise<string[]> {
  const folder = await mkdtemp(path.join(tmpdir(), 'chat-pasteboard-'));
  const files = names.map((name) => path.join(folder, name));
  for (const file of files) await writeFile(file, 'GIF89a');
  return files;
}

test('an image is in a temporary file, whose folder is removed with it', async () => {
  const files = await temporaryFiles('clipboard-image-0.png');
  const content = await readMacos(signal, pasteboard({ readImages: () => Promise.resolve(files) }));
  expect(await contentWithBytes(content)).toEqual({ type: 'image', bytes: Buffer.from('GIF89a') });
  await expect(access(path.dirname(files[0] ?? ''))).rejects.toThrow('ENOENT');
});

test('several images are read as files', async () => {
  const files = await temporaryFiles('a.png', 'b.png');
  const content = await readMacos(signal, pasteboard({ readImages: () => Promise.resolve(files) }));
  expect(content).toEqual({ type: 'files', paths: files });
  await rm(path.dirname(files[0] ?? ''), { recursive: true });
});

test('without an image the text is read', async () => {
  const content = await readMacos(signal, pasteboard({ read: () => Promise.resolve('für') }));
  expect(content).toEqual({ type: 'text', text: 'für' });
});

test('an empty pasteboard, a failure and a timeout are reasons', async () => {
  const kind = async (content: Partial<Pasteboard>, within = signal) => {
    const read = await readMacos(within, pasteboard(content));
    return read.type === 'nothing' ? read.reason.kind : read.type;
  };
  expect(await kind({})).toBe('no-image-or-text');
  expect(await kind({ readImages: () => Promise.reject(new Error('osascript: not allowed')) })).toBe(
    'failed',
  );
  const silent = () => new Promise<string[]>(() => undefined);
  expect(await kind({ readImages: silent }, AbortSignal.timeout(10))).toBe('timed-out');
});
