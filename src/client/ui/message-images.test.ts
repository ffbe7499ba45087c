import { EventEmitter } from 'node:events';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { expect, test } from '@jest/globals';
import type { ImageRenderer } from '../images/graphics/image-renderer.js';
import { createUploadQueue } from '../images/upload-queue.js';
import { Screen } from '../terminal/screen/screen.js';
import type { VisibleImage } from './conversation/visible-rows.js';
import { createMessageImages } from './message-images.js';

/** A screen without output. */
function unseenScreen(): Screen {
  const output = Object.assign(new EventEmitter(), {
    columns: 80,
    rows: 24,
    writableNeedDrain: false,
    write: () => true,
  });
  return new Screen(output, () => undefined);
}

function visible(id: string): VisibleImage {
  return {
    image: { id, bytes: Buffer.from(id), box: { columns: 4, rows: 2 } },
    place: { x: 0, y: 0, firstRow: 0, rows: 2 },
  };
}

test('an image that fails outside the view is a failed one when it returns', async () => {
  let fail = (): void => undefined;
  const renderer: ImageRenderer = {
    render: () => new Promise((_, reject) => (fail = () => reject(new Error('the image is damaged')))),
  };
  let change = (): void => undefined;
  const changed = new Promise<void>((resolve) => (change = resolve));
  const images = createMessageImages(
    renderer,
    unseenScreen(),
    createUploadQueue(() => undefined),
    change,
  );
  images.show([visible('a')], { x: 0, y: 0 });
  images.show([], { x: 0, y: 0 });
  expect(images.failure('a')).toBeUndefined();
  fail();
  await changed;
  expect(images.failure('a')).toContain('damaged');
});

test('an image that the terminal stores is loading until it is sent completely', async () => {
  const upload = Array.from({ length: 20 }, (_, index) => `<${index}>`.padEnd(4096, '.'));
  const image = { rows: ['row'], columns: 3, upload, release: '<gone>' };
  const written: string[] = [];
  const output = Object.assign(new EventEmitter(), {
    columns: 80,
    rows: 24,
    writableNeedDrain: false,
    write: (bytes: string) => written.push(bytes) > 0,
  });
  const screen = new Screen(output, () => undefined);
  screen.start();
  const shown = visible('a');
  const states: string[] = [];
  let ready = (): void => undefined;
  const isReady = new Promise<void>((resolve) => (ready = resolve));
  const uploads = createUploadQueue((bytes) => screen.writeOutside(bytes, 'before-frame'));
  const images = createMessageImages({ render: () => Promise.resolve(image) }, screen, uploads, () => {
    states.push(images.state(shown.image).status);
    images.show([shown], { x: 0, y: 0 });
    if (states.at(-1) === 'ready') ready();
  });
  images.show([shown], { x: 0, y: 0 });
  await isReady;
  expect(states).toEqual(['loading', 'ready']);
  await nextTurn();
  expect(written.join('').replace(/\x1b[^<]*/g, '')).toContain(upload.join(''));
  expect(written.every((bytes) => bytes.length < 20_000)).toBe(true);
  screen.stop();
  expect(images.cleanUp()).toBe('<gone>');
});
