import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { anyText } from '../../../test/support/any-text.js';
import { memberChange, messageKind, roomChange, type Detail } from '../../shared/message.js';
import { encodeText } from '../../shared/text.js';
import { eventLine } from './event-line.js';

const timestamp = 1_795_338_843_123;
const room = { name: 'ops', number: 7 };
const reading = { user: 'user1', replay: false, room };

const ofRoom = (what: number, name = 'ops', topic = 'x'): Detail => ({
  ...{ room: 7, kind: 4 },
  roomChange: { what, name, topic, type: 0, past: 0, members: [] },
});
const ofMember = (what: number, name = 'user2', role = 0): Detail => ({
  ...{ room: 7, kind: 5 },
  memberChange: { what, name, role, account: '1', until: 0 },
});
const entry = (from: string, detail: Detail) => ({
  ...{ sequence: 9, id: '', from, timestamp, type: 0, content: new Uint8Array(0) },
  detail,
});

describe('an event line', () => {
  test('exists for each change, and its kind is documented', () => {
    const details = [
      ...Object.values(roomChange).map((what) => ofRoom(what)),
      ...Object.values(memberChange).flatMap((what) => [ofMember(what), ofMember(what, 'user2', 1)]),
    ];
    const kinds = details.map((detail) => {
      const { what } = JSON.parse(eventLine(entry('user1', detail), reading, 'json') ?? '') as {
        what: string;
      };
      expect(eventLine(entry('user1', detail), reading, 'plain')).toMatch(
        /^2026-11-22T09:14:03Z \* user[12] /,
      );
      return what;
    });
    const [, documented = ''] = /^\| `what` +\| (.*) \|$/m.exec(readFileSync('docs/json.md', 'utf8')) ?? [];
    const names = [...documented.matchAll(/`(\w+)`/g)].map(([, name]) => name);
    // The document also names the two types.
    expect(new Set(['room', 'member', ...kinds])).toEqual(new Set(names));
  });

  test('of a change of a message names the message and says what is new', () => {
    const plain = (kind: number, more: object = {}, text = '') =>
      eventLine(
        { ...entry('user2', { room: 7, kind, target: 5, ...more }), content: encodeText(text) },
        reading,
        'plain',
      )?.replace('2026-11-22T09:14:03Z ', '');
    expect(plain(messageKind.edit, {}, 'one\ntwo')).toBe('* user2 edited message 5: one\n\ttwo');
    expect(plain(messageKind.delete)).toBe('* user2 deleted message 5');
    expect(plain(messageKind.react, { emoji: ['👍', '🎉'] })).toBe('* user2 reacted to message 5 with 👍 🎉');
    expect(plain(messageKind.react)).toBe('* user2 removed their reactions from message 5');
    // What it contained is removed, because a later change replaced it.
    expect(plain(messageKind.edit, { deleted: true })).toBeUndefined();
    expect(plain(messageKind.edit, { target: undefined })).toBeUndefined();
  });

  test('of a change never contains control sequences, or a further line that looks like a message', () => {
    fc.assert(
      fc.property(anyText(), anyText(), fc.array(anyText(), { maxLength: 20 }), (from, text, emoji) => {
        for (const kind of [messageKind.edit, messageKind.delete, messageKind.react]) {
          const change = { ...entry(from, { room: 7, kind, target: 5, emoji }), content: encodeText(text) };
          const [first = '', ...further] = (eventLine(change, reading, 'plain') ?? '').split('\n');
          expect(first).toMatch(/^2026-11-22T09:14:03Z \* /);
          for (const each of further) expect(each).toMatch(/^\t/);
          expect(first + further.join('')).not.toMatch(
            /[\u0000-\u0008\u000a-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e]/,
          );
          const json = eventLine(change, reading, 'json') ?? '';
          expect(json).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u);
          expect(JSON.parse(json)).toMatchObject({ from, target: 5, ...(kind === 3 && { emoji }) });
        }
      }),
    );
  });

  test('does not exist for a message or an unknown change', () => {
    expect(eventLine(entry('user1', { room: 7, kind: 0 }), reading, 'plain')).toBeUndefined();
    expect(eventLine(entry('user1', ofRoom(99)), reading, 'json')).toBeUndefined();
    expect(eventLine(entry('user1', ofMember(99)), reading, 'json')).toBeUndefined();
  });

  test('never contains control sequences or another line, whatever names and topic it has', () => {
    fc.assert(
      fc.property(anyText(), anyText(), anyText(), anyText(), (from, name, topic, label) => {
        const details = [0, 1, 2].map((what) => ofRoom(what, name, topic));
        for (const detail of [...details, ofMember(0, name), ofMember(2, name), ofMember(8, name)]) {
          const plain = eventLine(
            entry(from, detail),
            { ...reading, room: { ...room, label: `#${label}` } },
            'plain',
          );
          expect(plain).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e]/);
          // The label is one word, so that it cannot look like the start of a message.
          expect(plain).toMatch(/^2026-11-22T09:14:03Z #[^\s<>]* \* /);
          const json = eventLine(entry(from, detail), { ...reading, room: { ...room, name } }, 'json') ?? '';
          expect(json).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u);
          expect(JSON.parse(json)).toMatchObject({ from, room: name });
        }
      }),
    );
  });
});
