import { expect, test } from '@jest/globals';
import { AppDriver, look, message } from '../../../../test/support/app-driver.js';
import { contentType } from '../../../shared/message.js';
import type { ImageState } from '../../images/image-cache.js';
import { blockScale } from '../../images/graphics/image-renderer.js';
import { MessageList, RowCache } from './message-list.js';
import { visibleRows } from './visible-rows.js';

/** The header of a PNG of 40×20 pixels, which is all that the layout reads. */
const png = Buffer.from('89504e470d0a1a0a0000000d4948445200000028000000140806000000', 'hex');

const withImages = { ...look, imageBox: { columns: 40, rows: 10, scale: blockScale } };

/** A view of `height` rows at the end of a text and an image of 40×10 cells. */
function view(
  height: number,
  state: ImageState | undefined,
  viewport = new AppDriver().state.reading.viewport,
) {
  const driver = new AppDriver().connect([
    message(1),
    { ...message(2), type: contentType.image, content: png },
  ]);
  const list = new MessageList(driver.session, new RowCache(withImages, () => undefined), driver.state);
  return visibleRows(list, viewport, height, { selected: undefined, stateOf: () => state });
}

test('an image partly in view has its first row in view and their number', () => {
  expect(view(30, undefined).images[0]?.place).toMatchObject({ firstRow: 0, rows: 10 });
  expect(view(5, undefined).images[0]?.place).toMatchObject({ y: 0, firstRow: 6, rows: 4 });
  const top = { type: 'anchored', key: 'id1', row: 0 } as const;
  expect(view(4, undefined, top).images[0]?.place).toMatchObject({ firstRow: 0 });
});

test.each([
  ['queued', 'waiting…'],
  ['loading', 'decoding…'],
] as const)('an image that is %s is a label in the middle of its rows in view', (status, label) => {
  for (const height of [30, 5, 2]) {
    const { rows, images } = view(height, { status });
    const { y = 0, rows: visible = 0 } = images[0]?.place ?? {};
    const at = rows.findIndex((row) => row.includes(label));
    expect(at).toBe(y + Math.floor((visible - 1) / 2));
    expect(rows.filter((row) => row.includes(label))).toHaveLength(1);
  }
});

test('a ready image has no label', () => {
  const image = { rows: Array<string>(10).fill('#'.repeat(40)), columns: 40 };
  expect(view(30, { status: 'ready', image }).rows.join('\n')).not.toContain('…');
});
