import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { systemClipboard } from '../../src/client/clipboard/system-clipboard.js';
import { describeWith } from '../require-tool.js';
import { copyWith } from './copy-with.js';
import { largePicture, picture } from './sample-pictures.js';
import { startWaylandDesktop, type WaylandDesktop } from './wayland-desktop.js';

const signal = new AbortController().signal;

describeWith(['sway', 'wl-copy', 'wl-paste'], 'the clipboard of a Wayland desktop', () => {
  let desktop: WaylandDesktop;

  beforeAll(async () => {
    desktop = await startWaylandDesktop();
  });
  afterAll(() => desktop.stop());

  const read = () => systemClipboard({ platform: 'linux', env: desktop.env }).read(signal);

  /** Copies as a program does that offers one type. */
  const copy = (type: string, content: string | Buffer) =>
    copyWith(['wl-copy', '--type', type], desktop.env, content);

  test('nothing copied yet is told as empty', async () => {
    expect(await read()).toEqual({ type: 'nothing', reason: { kind: 'empty' } });
  });

  test.each(['png', 'jpeg'] as const)('a copied %s comes bit for bit', async (kind) => {
    const bytes = await picture(kind);
    await copy(`image/${kind}`, bytes);
    expect(await read()).toEqual({ type: 'image', bytes });
  });

  test('a large picture comes whole', async () => {
    const bytes = await largePicture();
    await copy('image/png', bytes);
    const content = await read();
    if (content.type !== 'image') throw new Error(`got ${content.type}`);
    expect(Buffer.from(content.bytes).equals(bytes)).toBe(true);
  });

  test('a copied file comes as its path', async () => {
    await copy('text/uri-list', 'file:///home/a/my%20cat.png\r\n');
    expect(await read()).toEqual({ type: 'files', paths: ['/home/a/my cat.png'] });
  });

  test('text comes as text, its last line end too', async () => {
    await copy('text/plain;charset=utf-8', 'für alle\n');
    expect(await read()).toEqual({ type: 'text', text: 'für alle\n' });
  });

  test('something else is told as such', async () => {
    await copy('audio/mpeg', 'la la');
    expect(await read()).toEqual({ type: 'nothing', reason: { kind: 'no-image-or-text' } });
  });

  test('a compositor that does not exist is told in the words of the tool', async () => {
    const env = { ...desktop.env, WAYLAND_DISPLAY: 'wayland-gone' };
    expect(await systemClipboard({ platform: 'linux', env }).read(signal)).toMatchObject({
      reason: { kind: 'failed', detail: expect.stringContaining('connect') },
    });
  });
});
