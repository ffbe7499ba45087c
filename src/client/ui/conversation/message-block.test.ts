import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { anyText } from '../../../../test/support/any-text.js';
import { ChatError } from '../../../shared/errors.js';
import {
  contentType,
  type Detail,
  messageKind,
  past,
  roomChange,
  roomType,
} from '../../../shared/message.js';
import { encodeText } from '../../../shared/text.js';
import { blockScale } from '../../images/graphics/image-renderer.js';
import { delivered, type Item, sending } from '../../session/item.js';
import { textWidth } from '../../terminal/text/text-width.js';
import { unknownColours } from '../../terminal/colour/terminal-colours.js';
import { mentionPattern } from '../attention/attention.js';
import { themeFor } from '../theme/theme.js';
import {
  type BlockContext,
  type BlockRow,
  type BlockStyle,
  messageBody,
  messageRows,
} from './message-block.js';
import type { Original } from './message-state.js';

const look: BlockStyle = {
  width: 40,
  nameCells: 5,
  markdown: true,
  links: false,
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

const alone: BlockContext = { heading: 'name', showsDelivered: true };

function messageBlock(item: Item, style: BlockStyle, failure?: string, context = alone): BlockRow[] {
  return messageRows(item, messageBody(item, style, { failure }), style, context);
}

const plainTexts = (rows: readonly BlockRow[]) =>
  plain(rows).flatMap((row) => (typeof row === 'string' ? [row] : []));

const plain = (rows: readonly BlockRow[]) =>
  rows.map((row) => (typeof row === 'string' ? row.replace(/\u001b\[[\d;]*m/g, '') : row));

describe('a text', () => {
  test('follows time and name, and continues below itself, with a margin', () => {
    expect(plain(messageBlock(item('one two three four five six'), look))).toEqual([
      ' 09:14  user2  one two three four five',
      '               six',
    ]);
    expect(plain(messageBlock(item('one two three four fives'), look))).toEqual([
      ' 09:14  user2  one two three four',
      '               fives',
    ]);
  });

  test('is at most 100 cells wide', () => {
    const rows = plainTexts(messageBlock(item('word '.repeat(60)), { ...look, width: 200 }));
    expect(Math.max(...rows.map((row) => row.trimEnd().length))).toBe(15 + 99);
  });

  test('begins in the same column under names of any length', () => {
    const column = (from: string, nameCells: number) => {
      const base = item('text');
      const [row] = plain(
        messageBlock({ ...base, message: { ...base.message, from } }, { ...look, width: 80, nameCells }),
      );
      return typeof row === 'string' ? row.slice(0, row.indexOf('text')) : '';
    };
    expect(column('ben', 9)).toBe(' 09:14  ben        ');
    expect(column('elizabeth', 9)).toBe(' 09:14  elizabeth  ');
    expect(column('elizabeth-the-second', 30)).toBe(' 09:14  elizabeth-the-s…  ');
    expect(column('elizabeth', 3)).toBe(' 09:14  eliz…  ');
  });

  test('leaves out what the messages above say', () => {
    const rows = (heading: BlockContext['heading']) =>
      plain(messageBlock(item('hello'), look, undefined, { ...alone, heading }));
    expect(rows('time')).toEqual([' 09:14         hello']);
    expect(rows('none')).toEqual(['               hello']);
  });

  test('has a mark in the margin of its first row only if it is an own one', () => {
    const mine = item('hello', { mine: true });
    expect(plain(messageBlock(mine, look))).toEqual([' 09:14  user2  hello                   ✓']);
    const later = { ...alone, showsDelivered: false };
    expect(plain(messageBlock(mine, look, undefined, later))).toEqual([' 09:14  user2  hello']);
    expect(plain(messageBlock({ ...mine, delivery: sending }, look, undefined, later))[0]).toMatch(
      /hello +…$/,
    );
    const reason = new ChatError('rate-limited', 'too fast');
    expect(plain(messageBlock({ ...mine, delivery: { type: 'failed', reason } }, look))[0]).toMatch(
      /hello +! too fast$/,
    );
  });

  test('has the same rows before and after its mark', () => {
    fc.assert(
      fc.property(anyText(), (text) => {
        const mine = item(text, { mine: true });
        const rows = (changed: Partial<Item>, showsDelivered: boolean) =>
          plainTexts(
            messageBlock({ ...mine, ...changed }, look, undefined, { ...alone, showsDelivered }),
          ).map((row) => row.replace(/ *[…✓]$/, '').trimEnd());
        const [sent, done] = [rows({ delivery: sending }, false), rows({}, true)];
        expect(sent).toEqual(done);
        expect(rows({}, false)).toHaveLength(done.length);
      }),
    );
  });

  test('that mentions the user has a bar beside all of its rows, and the word with its @ is inverse', () => {
    const mentions = mentionPattern(['user1']);
    const rows = messageBlock(item('one two three four five @user1'), { ...look, mentions });
    expect(rows).toEqual([
      '\x1b[7m \x1b[m09:14  \x1b[1muser2\x1b[m  one two three four five',
      '\x1b[7m \x1b[m              \x1b[1;7m@user1\x1b[m',
    ]);
    expect(messageBlock(item('user1', { mine: true }), { ...look, mentions })[0]).not.toContain('\x1b[7m');
  });

  test('of /me shows the name once, and only for the own name of its author', () => {
    const rows = (text: string) => plain(messageBlock(item(text), look));
    expect(rows('* user2 waves\n- and more')).toEqual([
      ' 09:14         * user2 waves',
      '               - and more',
    ]);
    expect(rows('* USER2 waves')).toEqual([' 09:14         * user2 waves']);
    expect(rows('* user2 > *x*')).toEqual([' 09:14         * user2 > x']);
    expect(rows('* user3 waves')).toEqual([' 09:14  user2  * user3 waves']);
    expect(rows('* user2')).toEqual([' 09:14  user2  * user2']);
  });

  test('shows Markdown as formatting or as it was typed', () => {
    expect(plain(messageBlock(item('*bold*'), look))).toEqual([' 09:14  user2  bold']);
    expect(plain(messageBlock(item('*bold*'), { ...look, markdown: false }))).toEqual([
      ' 09:14  user2  *bold*',
    ]);
  });

  test('has a bar beside its code, which begins where all texts begin', () => {
    expect(plain(messageBlock(item('see\n```ts\n  x = 1;\n```'), look))).toEqual([
      ' 09:14  user2  see',
      '              │ts',
      '              │  x = 1;',
    ]);
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
    expect(plain(rows).at(-1)).toBe('               image 12 · 640×480 · 8…');
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

test('a change of the room is a line without a column for its author, sanitised', () => {
  const changed = (what: number, topic: string): Item => {
    const change = { what, name: 'ops', topic, type: roomType.open, past: past.all, members: [] };
    const changedItem = item('');
    const detail = { room: 5, kind: messageKind.room, roomChange: change };
    return { ...changedItem, message: { ...changedItem.message, type: contentType.unknown, detail } };
  };
  const rows = (topic: string) => plain(messageBlock(changed(roomChange.topic, topic), look));
  expect(rows('deploys')).toEqual([' 09:14  user2 set the topic: deploys']);
  expect(rows('a topic of so many words that it needs rows')).toEqual([
    ' 09:14  user2 set the topic: a topic',
    '        of so many words that it needs',
    '        rows',
  ]);
  expect(rows('a\u001b[2Jb\nc')).toEqual([' 09:14  user2 set the topic: ab c']);
  expect(plain(messageBlock(changed(roomChange.archived, ''), { ...look, width: 24 }))).toEqual([
    ' user2 archived the',
    ' room',
  ]);
});

describe('a message that was changed', () => {
  const changed = (text: string, detail: Partial<Detail>, rest: Partial<Item> = {}): Item => {
    const base = item(text, rest);
    return {
      ...base,
      message: { ...base.message, detail: { room: 0, kind: messageKind.message, ...detail } },
    };
  };
  const block = (shown: Item, style: BlockStyle = look, original?: Original) =>
    plain(messageRows(shown, messageBody(shown, style, { original }), style, alone));

  test('is marked after the text, or below it if there is no room', () => {
    expect(block(changed('hello', { edited: 1 }))).toEqual([' 09:14  user2  hello (edited)']);
    expect(block(changed('one two three four five', { edited: 1 }))).toEqual([
      ' 09:14  user2  one two three four five',
      '               (edited)',
    ]);
    expect(block(changed('```\ncode\n```', { edited: 1 })).at(-1)).toBe('               (edited)');
    expect(block(changed('hello', { edited: 1 }), { ...look, width: 20 })).toEqual([
      ' user2  hello',
      '        (edited)',
    ]);
  });

  test('is a tombstone once it is deleted, also if it was an image', () => {
    expect(block(changed('', { deleted: true, edited: 1 }))).toEqual([' 09:14  user2  deleted message']);
    const image = changed('', { deleted: true });
    const tombstone = { ...image, message: { ...image.message, type: contentType.image } };
    expect(block(tombstone, { ...look, width: 20 })).toEqual([' user2  deleted', '        message']);
  });

  test('shows its reactions below, one’s own in bold', () => {
    const reactions = [
      { emoji: '👍', names: ['ben', 'carl'], count: 3 },
      { emoji: '🎉', names: ['Anna'], count: 1 },
    ];
    expect(block(changed('hello', { reactions }))).toEqual([
      ' 09:14  user2  hello',
      '               👍 3  🎉 1',
    ]);
    expect(block(changed('hello', { reactions }), { ...look, width: 15 })).toEqual([
      ' user2  hello',
      '        👍 3',
      '        🎉 1',
    ]);
    const shown = changed('hello', { reactions });
    const own = messageRows(shown, messageBody(shown, { ...look, user: 'anna' }), look, alone);
    expect(own.at(-1)).toContain('👍 3  \x1b[1m🎉 1\x1b[m');
  });

  test('shows at most three rows of reactions, and nothing that is no emoji', () => {
    const names: string[] = [];
    const many = Array.from({ length: 40 }, (_, at) => ({
      emoji: String.fromCodePoint(0x1f600 + at),
      names,
      count: 2 ** 50,
    }));
    expect(block(changed('hello', { reactions: many }))).toHaveLength(4);
    const hostile = [
      '\x1b[31m',
      '\x07',
      'click',
      '1',
      '',
      ' ',
      '👍👍',
      '\u202e',
      '<b>',
      '\u{e0001}',
      '👍\u0000',
    ];
    const reactions = hostile.map((emoji) => ({ emoji, names, count: 1 }));
    expect(block(changed('hello', { reactions }))).toEqual([' 09:14  user2  hello']);
  });

  test.each<[Original, string]>([
    ['unknown', '┌ …'],
    ['unreadable', '┌ a message that…'],
    [item('first line\nsecond').message, '┌ user2: first l…'],
    [item('\x1b[31mred\x07').message, '┌ user2: red'],
    [item(png(1, 1)).message, '┌ user2: image'],
    [changed('', { deleted: true }).message, '┌ user2: deleted…'],
  ])('shows one line of the message that it replies to: %#', (original, line) => {
    const shown = changed('yes', { replyTo: 3 });
    expect(block(shown, { ...look, width: 34 }, original)).toEqual([
      ` 09:14  user2  ${line}`,
      '               yes',
    ]);
  });

  test('fits into any width', () => {
    const reactions = [{ emoji: '👨‍👩‍👧‍👦', names: [], count: 99 }];
    fc.assert(
      fc.property(anyText(), fc.integer({ min: 10, max: 60 }), (text, width) => {
        const shown = changed(text, { edited: 1, reactions });
        for (const row of block(shown, { ...look, width }, item(text).message))
          expect(typeof row === 'string' ? textWidth(row) : 0).toBeLessThanOrEqual(width);
      }),
    );
  });
});
