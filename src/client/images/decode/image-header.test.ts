import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { loadSharp } from './decode.js';
import { checkImageHeader, imageKind, imageSize, maxSourceBytes } from './image-header.js';

const kinds = ['png', 'jpeg', 'webp', 'gif', 'tiff'] as const;

async function image(kind: (typeof kinds)[number], width = 30, height = 20): Promise<Buffer> {
  const sharp = await loadSharp();
  return sharp({ create: { width, height, channels: 3, background: 'teal' } })
    .toFormat(kind)
    .toBuffer();
}

/** Only the first bytes of a PNG of this size. */
function pngHeader(width: number, height: number): Buffer {
  const header = Buffer.from('89504e470d0a1a0a0000000d49484452' + '0'.repeat(34), 'hex');
  header.writeUInt32BE(width, 16);
  header.writeUInt32BE(height, 20);
  return header;
}

test.each(kinds)('imageKind recognises a %s by its first bytes', async (kind) => {
  expect(imageKind(await image(kind))).toBe(kind);
  expect(checkImageHeader(await image(kind))).toBe(kind);
});

test.each(['png', 'jpeg', 'webp', 'gif'] as const)(
  'imageSize reads the size of a %s without decoding',
  async (kind) => {
    const bytes = await image(kind, 123, 45);
    // Decoding fails without the end.
    expect(imageSize(bytes.subarray(0, Math.ceil(bytes.length * 0.8)))).toEqual({ width: 123, height: 45 });
  },
);

test('imageSize reads an image inside a larger buffer from its start', async () => {
  const bytes = await image('jpeg', 12, 34);
  const larger = Buffer.concat([Buffer.alloc(7, 0xff), bytes]);
  expect(imageSize(larger.subarray(7))).toEqual({ width: 12, height: 34 });
});

describe('checkImageHeader', () => {
  test.each([
    ['SVG', '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>'],
    ['SVG', '\ufeff<?xml version="1.0"?>\n<!-- drawn by hand --><svg/>'],
    ['SVG', '  <!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" "x"><svg/>'],
    ['BMP', `BM${'\0'.repeat(1022)}`],
    ['PDF', '%PDF-1.7\n'],
    ['AVIF', '\0\0\0\x1cftypavif\0\0\0\0'],
    ['HEIC', '\0\0\0\x1cftypheic\0\0\0\0'],
  ])('rejects %s and names the format', (name, text) => {
    expect(() => checkImageHeader(Buffer.from(text))).toThrow(`${name} images cannot be sent`);
  });

  test('rejects other bytes with a clear message', () => {
    expect(() => checkImageHeader(Buffer.from('hello'))).toThrow(
      expect.objectContaining({
        code: 'message-refused',
        message: 'this is not a PNG, JPEG, WebP, GIF or TIFF image',
      }),
    );
    expect(() => checkImageHeader(new Uint8Array())).toThrow('the image is empty');
  });

  test('rejects 20000×20000 pixels at any file size', () => {
    expect(() => checkImageHeader(pngHeader(20_000, 20_000))).toThrow(
      'the image is 20000×20000: over 40 megapixels',
    );
  });

  test('accepts 40 megapixels and rejects one more pixel', () => {
    expect(checkImageHeader(pngHeader(8000, 5000))).toBe('png');
    expect(() => checkImageHeader(pngHeader(8000, 5001))).toThrow('over 40 megapixels');
  });

  test('rejects a PNG without dimensions', () => {
    expect(() => checkImageHeader(pngHeader(0, 10))).toThrow('the image is damaged');
    expect(() => checkImageHeader(pngHeader(10, 10).subarray(0, 12))).toThrow('the image is damaged');
  });

  test('rejects more bytes than the maximum', () => {
    const bytes = new Uint8Array(maxSourceBytes + 1);
    bytes.set(pngHeader(1, 1));
    expect(() => checkImageHeader(bytes)).toThrow(expect.objectContaining({ code: 'message-too-large' }));
  });
});

test('checkImageHeader returns a kind or throws a ChatError for any bytes', () => {
  const starts = [
    '89504e470d0a1a0a',
    'ffd8ff',
    '47494638396' + '1',
    '524946460000000057454250',
    '49492a00',
    '',
  ];
  fc.assert(
    fc.property(fc.constantFrom(...starts), fc.uint8Array({ maxLength: 200 }), (start, rest) => {
      const bytes = Buffer.concat([Buffer.from(start, 'hex'), rest]);
      const size = imageSize(bytes);
      if (size) expect(Math.min(size.width, size.height)).toBeGreaterThan(0);
      try {
        expect(checkImageHeader(bytes)).toBe(imageKind(bytes));
      } catch (error) {
        expect(error).toMatchObject({ name: 'ChatError' });
      }
    }),
  );
});
