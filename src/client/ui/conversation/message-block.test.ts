import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { anyText } from '../../../../test/support/any-text.js';
import { ChatError } from '../../../shared/errors.js';
import { contentType } from '../../../shared/message.js';
import { encodeText } from '../../../shared/text.js';
import { blockScale } from '../../images/graphics/fit-cells.js';
import { delivered, type Item, sending } from '../../session/item.js';
import { textWidth } from '../../terminal/text/text-width.js';
import { unknownColours } from '../../terminal/colour/terminal-colours.js';
import { themeFor } from '../theme/theme.js';
import { type BlockRow, type BlockStyle, messageBlock } from './message-block.js';

const look: BlockStyle = {
  width: 40,
  depth: 'none',
  theme: themeFor(unknownColours, 'none'),
  imageBox: { columns: 20, rows: 8, scale: blockScale },
};
const timestamp = new Date(2026, 10, 22, 9, 14).getTime();

function item(content: string | Uint8Array, rest: Partial<Item> = {}): Item {
  const isText = typeof content === 'string';
  return {
    key: 'k',
    mine: false,
    delivery: delivered,
    replay: false,
    imageNumber: isText ? undefined : 12,
    message: {
      sequence: 12,
      id: '',
      from: 'user2',
      timestamp,
      type: isText ? contentType.text : contentType.image,
      content: isText ? encodeText(content) : content,
    },
    ...rest,
  };
}

/** The header of a PNG. */
function png(width: number, height: number): Uint8Array {
  const bytes = Buffer.alloc(84_000);
  bytes.set([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
  bytes.writeUInt32BE(13, 8);
  bytes.write('IHDR', 12, 'latin1');
  bytes.writeUInt32BE(width, 16);
  bytes.writeUInt32BE(height, 20);
  return bytes;
}

const plain = (rows: readonly BlockRow[]) =>
  rows.map((row) => (typeof row === 'string' ? row.replace(/\u001b\[[\d;]*m/g, '') : row));

describe('a text', () => {
  test('follows time and name, and continues below itself', () => {
    expect(plain(messageBlock(item('one two three four five six'), look))).toEqual([
      ' 09:14  user2  one two three four five',
      '               six',
    ]);
  });

  test('has a mark at the right end of its first row only if it is an own one', () => {
    const mine = item('hello', { mine: true });
    expect(plain(messageBlock(mine, look))).toEqual([' 09:14  user2  hello                   ✓']);
    expect(plain(messageBlock({ ...mine, delivery: sending }, look))[0]).toMatch(/hello +…$/);
    const reason = new ChatError('rate-limited', 'too fast');
    expect(plain(messageBlock({ ...mine, delivery: { type: 'failed', reason } }, look))[0]).toMatch(
      /hello +! too fast$/,
    );
  });

  test('fits the width of the list for any text and author', () => {
    fc.assert(
      fc.property(
        anyText(),
        anyText(),
        fc.integer({ min: 20, max: 120 }),
        fc.boolean(),
        (text, from, width, mine) => {
          const base = item(text, { mine });
          const rows = messageBlock({ ...base, message: { ...base.message, from } }, { ...look, width });
          for (const row of plain(rows)) {
            expect(typeof row === 'string' ? textWidth(row) : Infinity).toBeLessThanOrEqual(width);
            expect(row).not.toMatch(/[\u0000-\u001f\u007f-\u009f]/);
          }
        },
      ),
    );
  });
});

describe('an image', () => {
  test('has its final height before it is decoded, with the caption below', () => {
    const rows = messageBlock(item(png(640, 480)), look);
    const slots = rows.filter((row) => typeof row !== 'string');
    expect(slots).toHaveLength(8);
    expect(slots[0]).toMatchObject({ line: 0, image: { id: 'k', box: { columns: 20, rows: 8 } } });
    expect(plain(rows).at(-1)).toBe('               image 12 · 640×480 · 84 …');
  });

  test('is a caption if images are not shown', () => {
    expect(plain(messageBlock(item(png(640, 480)), { ...look, width: 80, imageBox: undefined }))).toEqual([
      ' 09:14  user2  image 12 · 640×480 · 84 kB',
    ]);
  });

  test('is a caption with the reason if it is damaged', () => {
    expect(plain(messageBlock(item(Uint8Array.of(1, 2, 3)), look))).toEqual([
      ' 09:14  user2  image 12 · damaged',
    ]);
    expect(plain(messageBlock(item(png(640, 480)), look, 'cut off'))).toEqual([
      ' 09:14  user2  image 12 · cut off',
    ]);
  });
});
