import { EventEmitter } from 'node:events';
import { expect, test } from '@jest/globals';
import type { ImageRenderer } from '../images/image-renderer.js';
import { Screen } from '../terminal/screen.js';
import type { VisiblePicture } from './conversation/visible-rows.js';
import { createPictures } from './pictures.js';

/** A screen that nobody looks at. */
function unseenScreen(): Screen {
  const output = Object.assign(new EventEmitter(), {
    columns: 80,
    rows: 24,
    writableNeedDrain: false,
    write: () => true,
  });
  return new Screen(output);
}

function visible(id: string): VisiblePicture {
  return { picture: { id, bytes: Buffer.from(id), box: { columns: 4, rows: 2 } }, place: undefined };
}

test('a picture that fails after it has left the view is told as failed when it comes back', async () => {
  let fail = (): void => undefined;
  const renderer: ImageRenderer = {
    render: () => new Promise((_, reject) => (fail = () => reject(new Error('the image is damaged')))),
  };
  let change = (): void => undefined;
  const changed = new Promise<void>((resolve) => (change = resolve));
  const pictures = createPictures(renderer, unseenScreen(), change);
  pictures.show([visible('a')], 0);
  pictures.show([], 0);
  expect(pictures.failure('a')).toBeUndefined();
  fail();
  await changed;
  expect(pictures.failure('a')).toContain('damaged');
});
