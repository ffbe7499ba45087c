import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { systemClipboard } from '../../src/client/clipboard/system-clipboard.js';
import { prepareImage } from '../../src/client/images/prepare-image.js';
import { describeWith } from '../require-tool.js';
import { copyWith } from './copy-with.js';
import { largePicture, picture } from './sample-pictures.js';
import { startXServer, type XServer } from './x-server.js';

const signal = new AbortController().signal;

describeWith(['Xvfb', 'xclip'], 'the clipboard of an X11 desktop', () => {
  let server: XServer;
  let folder: string;

  beforeAll(async () => {
    [server, folder] = await Promise.all([startXServer(), mkdtemp(path.join(tmpdir(), 'chat-x11-'))]);
  });
  afterAll(async () => {
    await server.stop();
    await rm(folder, { recursive: true });
  });

  const environment = () => ({ PATH: process.env.PATH, DISPLAY: server.display });
  const read = () => systemClipboard({ platform: 'linux', env: environment() }).read(signal);

  /** Copies as a program does that offers one type. */
  const copy = (type: string, content: string | Buffer) =>
    copyWith(['xclip', '-selection', 'clipboard', '-t', type, '-i'], environment(), content);

  test('nothing copied yet is told as empty', async () => {
    expect(await read()).toEqual({ type: 'nothing', reason: { kind: 'empty' } });
  });

  test.each(['png', 'jpeg'] as const)('a copied %s comes bit for bit', async (kind) => {
    const bytes = await picture(kind);
    await copy(`image/${kind}`, bytes);
    expect(await read()).toEqual({ type: 'image', bytes });
  });

  test('a large picture, which X11 hands over in pieces, comes whole', async () => {
    const bytes = await largePicture();
    await copy('image/png', bytes);
    const content = await read();
    if (content.type !== 'image') throw new Error(`got ${content.type}`);
    const { width, height } = await prepareImage(content.bytes, 40_000_000);
    expect([content.bytes.length, width, height]).toEqual([bytes.length, 1500, 1000]);
  });

  test('a copied file comes as its path', async () => {
    const file = path.join(folder, 'my cat.png');
    await copy('text/uri-list', `${pathToFileURL(file).href}\r\n`);
    expect(await read()).toEqual({ type: 'files', paths: [file] });
    await copy('x-special/gnome-copied-files', `copy\n${pathToFileURL(file).href}`);
    expect(await read()).toEqual({ type: 'files', paths: [file] });
  });

  test('text comes as text', async () => {
    await copy('UTF8_STRING', 'für alle\n日本');
    expect(await read()).toEqual({ type: 'text', text: 'für alle\n日本' });
  });

  test('text that is the path of an image comes as that file', async () => {
    const file = path.join(folder, 'other cat.png');
    await writeFile(file, await picture('png'));
    await copy('UTF8_STRING', file);
    expect(await read()).toEqual({ type: 'files', paths: [file] });
  });

  test('something else is told as such', async () => {
    await copy('audio/mpeg', 'la la');
    expect(await read()).toEqual({ type: 'nothing', reason: { kind: 'no-image-or-text' } });
  });

  test('a display that does not exist is told in the words of the tool', async () => {
    const env = { ...environment(), DISPLAY: ':65000' };
    expect(await systemClipboard({ platform: 'linux', env }).read(signal)).toMatchObject({
      reason: { kind: 'failed', detail: expect.stringContaining("Can't open display") },
    });
  });

  test('over SSH a display that does not answer leads to the hint about the other machine', async () => {
    const env = { ...environment(), DISPLAY: ':65000', SSH_CONNECTION: '10.0.0.1 1 10.0.0.2 22' };
    expect(await systemClipboard({ platform: 'linux', env }).read(signal)).toEqual({
      type: 'nothing',
      reason: { kind: 'remote' },
    });
  });
});
