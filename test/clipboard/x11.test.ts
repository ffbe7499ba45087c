import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { describeWith } from '../require-tool.js';
import { copyWith } from './copy-with.js';
import { linuxClipboard } from './linux-clipboard.js';
import { sampleImage } from './sample-images.js';
import { testClipboard } from './selection-tests.js';
import { startXServer, type XServer } from './x-server.js';

const signal = new AbortController().signal;

describeWith(['Xvfb', 'xclip'], 'the clipboard of an X11 desktop', () => {
  let server: XServer | undefined;
  let folder = '';

  beforeAll(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'chat-x11-'));
    server = await startXServer();
  });
  afterAll(async () => {
    await server?.stop();
    await rm(folder, { recursive: true });
  });

  const environment = () => ({ PATH: process.env.PATH, DISPLAY: server?.display });
  const read = () => linuxClipboard(environment()).read(signal);
  const copy = (type: string, content: string | Buffer) =>
    copyWith(['xclip', '-selection', 'clipboard', '-t', type, '-i'], environment(), content);

  testClipboard({ copy, read, textType: 'UTF8_STRING' });

  test('a text that is written can be read', async () => {
    const text = 'für 日本\n\tnext line';
    expect(await linuxClipboard(environment()).write(text)).toBe('clipboard');
    expect(await read()).toEqual({ type: 'text', text });
  });

  test('without a display, or over SSH, nothing is written', async () => {
    const env = { ...environment(), DISPLAY: ':65000' };
    expect(await linuxClipboard(env).write('text')).toBe('unavailable');
    expect(await linuxClipboard({ ...environment(), SSH_TTY: '/dev/pts/1' }).write('text')).toBe(
      'unavailable',
    );
  });

  test("a file copied in GNOME's format is read", async () => {
    const file = path.join(folder, 'my cat.png');
    await copy('x-special/gnome-copied-files', `copy\n${pathToFileURL(file).href}`);
    expect(await read()).toEqual({ type: 'files', paths: [file] });
  });

  test('text that is the path of an image is read as that file', async () => {
    const file = path.join(folder, 'other cat.png');
    await writeFile(file, await sampleImage('png'));
    await copy('UTF8_STRING', file);
    expect(await read()).toEqual({ type: 'files', paths: [file] });
  });

  test('without a display the reason is the message of the tool', async () => {
    const env = { ...environment(), DISPLAY: ':65000' };
    expect(await linuxClipboard(env).read(signal)).toMatchObject({
      reason: { kind: 'failed', detail: expect.stringContaining("Can't open display") },
    });
  });

  test('over SSH without an answering display the reason is the other machine', async () => {
    const env = { ...environment(), DISPLAY: ':65000', SSH_CONNECTION: '10.0.0.1 1 10.0.0.2 22' };
    expect(await linuxClipboard(env).read(signal)).toEqual({
      type: 'nothing',
      reason: { kind: 'remote' },
    });
  });
});
