import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { anyText } from '../../../test/support/any-text.js';
import { encodeText } from '../../shared/text.js';
import { messageLine } from './message-line.js';
import { plainLine } from './plain-line.js';

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
