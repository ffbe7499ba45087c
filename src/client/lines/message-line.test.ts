import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { readFileSync } from 'node:fs';
import { anyText } from '../../../test/support/any-text.js';
import { encodeText } from '../../shared/text.js';
import { eventLine } from './event-line.js';
import { jsonLine, messageLine, plainLine, reactionLines } from './message-line.js';

const message = {
  sequence: 4711,
  id: '01JD0000000000000000000000',
  from: 'user2',
  timestamp: 1_795_338_843_123,
  type: 1,
  content: encodeText('hello'),
};
const reading = { user: 'user1', replay: false, images: 0 };
const png = Buffer.from('89504e470d0a1a0a0000000d4948445200000280000001e0', 'hex');

/** What the document says about messages and events. */
const [documented = ''] = readFileSync('docs/json.md', 'utf8').split('## Status and errors');
const room = { name: 'ops', number: 4714 };
const event = { ...reading, room };
const change = { what: 0, name: 'ops', topic: 'x', type: 0, past: 0, members: [] };
const invited = { what: 2, name: 'user2', account: '1', until: 0, role: 0 };
const image = { ...message, type: 2, content: png };
const saved = { file: '/tmp/chat-1.png' };
const reply = { room: 4714, kind: 0, replyTo: 4700 };
const changed = { ...reply, mentions: ['user1'], edited: 1, deleted: true };
const reactions = [{ emoji: '👍', names: ['user1', 'user3'], count: 2 }];
const entryOf = (kind: number, more: object) => ({
  ...message,
  detail: { room: 4714, kind, target: 7, ...more },
});
/** A line of each type, and variants with the other keys. */
const lines: Readonly<Record<string, string | undefined>> = {
  message: jsonLine(messageLine(message, event)),
  image: jsonLine(messageLine(image, event)),
  room: eventLine({ ...message, detail: { room: 4714, kind: 4, roomChange: change } }, event, 'json'),
  member: eventLine({ ...message, detail: { room: 4714, kind: 5, memberChange: invited } }, event, 'json'),
  file: jsonLine({ ...messageLine(image, reading), ...saved }),
  edit: eventLine(entryOf(1, {}), event, 'json'),
  delete: eventLine(entryOf(2, {}), event, 'json'),
  react: eventLine(entryOf(3, { emoji: ['👍'] }), event, 'json'),
  changed: jsonLine(messageLine({ ...message, detail: { ...changed, reactions } }, { ...reading, room })),
};

describe('a JSON line', () => {
  test.each(['message', 'image', 'edit', 'delete', 'react', 'room', 'member'])(
    'of type %s has the keys and types of its example',
    (type) => {
      const examples = [...documented.matchAll(new RegExp(`^{"v":2,"type":"${type}",.*$`, 'gm'))];
      expect(examples).toHaveLength(1);
      const shape = (json: string) =>
        Object.entries(JSON.parse(json) as object).map(([key, value]) => [key, typeof value]);
      for (const [example] of examples) expect(shape(lines[type] ?? '')).toEqual(shape(example));
    },
  );

  test('has exactly the keys of the tables', () => {
    const keys = [...documented.matchAll(/^\| (`.+?`) +\|/gm)].flatMap(([, names = '']) =>
      [...names.matchAll(/`(\w+)`/g)].map(([, name]) => name),
    );
    const printed = Object.values(lines).flatMap((line) => Object.keys(JSON.parse(line ?? '') as object));
    expect(new Set(printed)).toEqual(new Set(keys));
  });

  test('omits values that a server does not have', () => {
    const line = jsonLine(messageLine({ ...message, sequence: 0, id: '' }, reading));
    expect(Object.keys(JSON.parse(line) as object)).toEqual(expect.not.arrayContaining(['sequence', 'id']));
  });

  test('contains an image as base64, or the name of its file', () => {
    const image = messageLine({ ...message, type: 2, content: png }, reading);
    expect(JSON.parse(jsonLine(image))).toMatchObject({ width: 640, height: 480, bytes: 24 });
    expect(JSON.parse(jsonLine(image))).toHaveProperty('base64', png.toString('base64'));
    if (image.type !== 'image') throw new Error('it is an image');
    const saved = JSON.parse(jsonLine({ ...image, file: '/tmp/chat-1.png' })) as object;
    expect(saved).toHaveProperty('file', '/tmp/chat-1.png');
    expect(saved).not.toHaveProperty('base64');
  });

  test('has what a message refers to and what has happened to it', () => {
    const detail = { ...reply, mentions: ['user1', 'all'], edited: 5, reactions };
    expect(JSON.parse(jsonLine(messageLine({ ...message, detail }, event)))).toMatchObject({
      ...{ replyTo: 4700, mentions: ['user1', 'all'], edited: 5, text: 'hello' },
      reactions: [{ emoji: '👍', count: 2, names: ['user1', 'user3'] }],
    });
  });

  test('of a deleted image is a message without text', () => {
    const deleted = { ...image, content: new Uint8Array(0), detail: { ...reply, deleted: true } };
    const line = JSON.parse(jsonLine(messageLine(deleted, event))) as object;
    expect(line).toMatchObject({ type: 'message', text: '', deleted: true, replyTo: 4700 });
    expect(line).not.toHaveProperty('base64');
  });

  test('recognises the reader regardless of case', () => {
    const own = messageLine({ ...message, from: 'USER1' }, reading);
    expect(JSON.parse(jsonLine(own))).toHaveProperty('self', true);
  });

  test('contains every text exactly, on one line, without control sequences', () => {
    fc.assert(
      fc.property(anyText(), (text) => {
        const line = jsonLine(messageLine({ ...message, content: encodeText(text) }, reading));
        expect(JSON.parse(line)).toHaveProperty('text', text);
        expect(line).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u);
      }),
    );
  });
});

const line = (from: string, text: string, timestamp = 1_795_338_843_123) =>
  plainLine(
    messageLine(
      { sequence: 1, id: '', from, timestamp, type: 1, content: encodeText(text) },
      { user: 'user1', replay: false, images: 0 },
    ),
  );

describe('a plain line', () => {
  test('contains time, author and text', () => {
    expect(line('user2', 'hello')).toBe('2026-11-22T09:14:03Z <user2> hello');
  });

  test('says that a message was edited or deleted', () => {
    const withDetail = (detail: object) =>
      plainLine(messageLine({ ...message, detail: { ...reply, ...detail } }, reading));
    expect(withDetail({ edited: 5 })).toBe('2026-11-22T09:14:03Z <user2> hello (edited)');
    expect(withDetail({ deleted: true })).toBe('2026-11-22T09:14:03Z <user2> (deleted)');
  });

  test('indents further lines by a tab', () => {
    expect(line('a', 'one\ntwo\r\nthree')).toBe('2026-11-22T09:14:03Z <a> one\n\ttwo\n\tthree');
  });

  test('shows control characters as escapes', () => {
    expect(line('a', '\u001b[2Jx\u0007\r\u009b')).toMatch(/> \\x1b\[2Jx\\x07\\x0d\\x9b$/);
  });

  test('escapes > and line ends in a name', () => {
    expect(line('a> b\nc', 'x')).toMatch(/ <a\\x3e b\\x0ac> x$/);
  });

  test('accepts any time of a server', () => {
    expect(line('a', 'x', Number.MAX_SAFE_INTEGER)).toMatch(/ <a> x$/);
  });

  test('contains number, size and bytes of an image, and the name of its file', () => {
    const content = Buffer.from('89504e470d0a1a0a0000000d4948445200000280000001e0', 'hex');
    const image = messageLine(
      { sequence: 12, id: '', from: 'a', timestamp: 0, type: 2, content },
      { user: 'b', replay: false, images: 0 },
    );
    expect(plainLine(image)).toBe('1970-01-01T00:00:00Z <a> [image 12 · 640×480 · 24 B]');
    if (image.type !== 'image') throw new Error('it is an image');
    expect(plainLine({ ...image, file: '/tmp/chat-12.png' })).toMatch(/\] \/tmp\/chat-12\.png$/);
    expect(plainLine({ ...image, size: undefined })).toMatch(/\[image 12 · not a PNG\]$/);
  });

  test('never contains control sequences, or a further line that looks like a message', () => {
    fc.assert(
      fc.property(anyText(), anyText(), (from, text) => {
        const [first = '', ...further] = line(from, text).split('\n');
        expect(first + further.join('')).not.toMatch(
          /[\u0000-\u0008\u000a-\u001f\u007f-\u009f\u202a-\u202e]/,
        );
        expect(first).toMatch(/^2026-11-22T09:14:03Z </);
        for (const each of further) expect(each).toMatch(/^\t/);
      }),
    );
  });
});

describe('the lines of reactions', () => {
  const linesOf = (...given: readonly (typeof reactions)[number][]) =>
    reactionLines(messageLine({ ...message, detail: { ...reply, reactions: given } }, reading));

  test('name the people of each emoji, and count the others', () => {
    expect(
      linesOf(...reactions, { emoji: '🎉', names: ['a'], count: 2 }, { emoji: '👀', names: [], count: 3 }),
    ).toEqual(['\t👍 user1, user3', '\t🎉 a and 1 other', '\t👀 3 others']);
  });

  test('are few and short, whatever a server sends', () => {
    const names = Array.from({ length: 100 }, (_, index) => `user${index}`);
    const many = Array.from({ length: 50 }, () => ({ emoji: '👍', names, count: 1e300 }));
    const shown = linesOf(...many);
    expect(shown).toHaveLength(20);
    expect(shown[0]).toMatch(/user9 and 4294967285 others$/);
  });

  test('never contain control sequences or another line', () => {
    fc.assert(
      fc.property(anyText(), anyText(), (emoji, name) => {
        const [shown] = linesOf({ emoji, names: [name], count: 1 });
        expect(shown).toMatch(/^\t[^\s<>]* [^\s<>]*$/);
        expect(shown).not.toMatch(/[\u0000-\u0008\u000a-\u001f\u007f-\u009f\u202a-\u202e]/);
      }),
    );
  });
});
