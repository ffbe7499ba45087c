import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { describeWith } from '../require-tool.js';
import { copyWith } from './copy-with.js';
import { linuxClipboard } from './linux-clipboard.js';
import { testClipboard } from './selection-tests.js';
import { startWaylandDesktop, type WaylandDesktop } from './wayland-desktop.js';

const signal = new AbortController().signal;

describeWith(['sway', 'wl-copy', 'wl-paste'], 'the clipboard of a Wayland desktop', () => {
  let desktop: WaylandDesktop | undefined;

  beforeAll(async () => {
    desktop = await startWaylandDesktop();
  });
  afterAll(() => desktop?.stop());

  const environment = () => desktop?.env ?? {};

  testClipboard({
    copy: (type, content) => copyWith(['wl-copy', '--type', type], environment(), content),
    read: () => linuxClipboard(environment()).read(signal),
    textType: 'text/plain;charset=utf-8',
  });

  test('a text that is written can be read', async () => {
    expect(await linuxClipboard(environment()).write('für 日本\n')).toBe('clipboard');
    expect(await linuxClipboard(environment()).read(signal)).toEqual({ type: 'text', text: 'für 日本\n' });
  });

  test('without a compositor the reason is the message of the tool', async () => {
    const env = { ...environment(), WAYLAND_DISPLAY: 'wayland-gone' };
    expect(await linuxClipboard(env).read(signal)).toMatchObject({
      reason: { kind: 'failed', detail: expect.stringContaining('connect') },
    });
  });
});
