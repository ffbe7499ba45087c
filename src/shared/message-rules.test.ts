import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { ChatError } from './errors.js';
import { contentType, type Draft } from './message.js';
import { checkDraft, defaultLimits } from './message-rules.js';
import { encodeText } from './text.js';

const text = (content: string, rest: Partial<Draft> = {}): Draft => ({
  id: '',
  timestamp: 0,
  type: contentType.text,
  content: encodeText(content),
  ...rest,
});

const image = (content: Uint8Array): Draft => text('', { type: contentType.image, content });

/** Only the header of a PNG. */
function png(width: number, height: number, length = 64): Uint8Array {
  const bytes = Buffer.alloc(length);
  bytes.set([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
  bytes.writeUInt32BE(13, 8);
  bytes.write('IHDR', 12, 'latin1');
  bytes.writeUInt32BE(width, 16);
  bytes.writeUInt32BE(height, 20);
  return bytes;
}

function rejectionOf(draft: Draft): ChatError {
  try {
    checkDraft(draft, defaultLimits);
  } catch (error) {
    if (error instanceof ChatError) return error;
    throw error;
  }
  throw new Error('the draft was accepted');
}

describe('texts', () => {
  test('a text without control characters is accepted', () => {
    const plain = fc.string({ unit: 'grapheme', minLength: 1 });
    fc.assert(fc.property(plain, (value) => checkDraft(text(value), defaultLimits)));
  });

  test('a text with a control character other than tab, newline and return is rejected with its code point', () => {
    checkDraft(text('a\tb\nc\r'), defaultLimits);
    for (const code of [...Array(0x20).keys(), 0x7f, 0x80, 0x9b, 0x9f]) {
      if ([0x09, 0x0a, 0x0d].includes(code)) continue;
      const name = code.toString(16).toUpperCase().padStart(4, '0');
      expect(rejectionOf(text(`a${String.fromCodePoint(code)}b`)).message).toContain(`U+${name}`);
    }
  });

  test('bytes that are not UTF-8 are rejected', () => {
    expect(rejectionOf(text('', { content: Uint8Array.from([0xc3, 0x28]) })).message).toContain('UTF-8');
  });

  test('a text at the limit is accepted, and one byte more is rejected with limit and size', () => {
    checkDraft(text('x'.repeat(defaultLimits.maxTextBytes)), defaultLimits);
    expect(rejectionOf(text('x'.repeat(defaultLimits.maxTextBytes + 1)))).toMatchObject({
      code: 'message-too-large',
      message: 'the text has 16385 bytes, the limit is 16384',
    });
  });

  test('an empty text is rejected', () => {
    expect(rejectionOf(text('')).code).toBe('message-refused');
  });
});

describe('images', () => {
  test('a PNG of exactly 40 megapixels is accepted, and one more row is rejected', () => {
    checkDraft(image(png(8000, 5000)), defaultLimits);
    expect(rejectionOf(image(png(8000, 5001))).message).toContain('8000x5001');
  });

  test.each([
    ['the bytes of a JPEG', Uint8Array.from([0xff, 0xd8, 0xff, 0xe0, ...Array<number>(40).fill(0)])],
    ['only a PNG signature', png(1, 1).subarray(0, 8)],
    ['a width of 0', png(0, 10)],
    ['a height of 0', png(10, 0)],
    ['a width over 2^31', png(0x80000000, 1)],
    ['no bytes', new Uint8Array(0)],
  ])('an image with %s is rejected', (_, bytes) => {
    expect(rejectionOf(image(bytes)).code).toBe('message-refused');
  });

  test('an image over the limit is rejected with limit and size', () => {
    expect(rejectionOf(image(png(10, 10, defaultLimits.maxImageBytes + 1)))).toMatchObject({
      code: 'message-too-large',
      message: 'the image has 4194049 bytes, the limit is 4194048',
    });
  });
});

describe('types and ids', () => {
  test.each([0, 3, 99])('content type %d is rejected', (type) => {
    expect(rejectionOf(text('hello', { type })).message).toContain(`content type ${type}`);
  });

  test.each(['a b', 'x'.repeat(65), 'é', 'a\n', '\u007f'])('the id %j is rejected', (id) => {
    expect(rejectionOf(text('hello', { id })).message).toContain('id');
  });

  test('an id of 0, 1 or 64 characters is accepted', () => {
    for (const id of ['', '!', '~'.repeat(64)]) checkDraft(text('hello', { id }), defaultLimits);
  });
});
