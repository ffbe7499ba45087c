import { describe, expect, test } from '@jest/globals';
import type { OutputInfo } from 'sharp';
import { checkImage } from '../../src/shared/message-rules.js';
import { loadSharp } from '../../src/client/images/decode/decode.js';
import { prepareImage } from '../../src/client/images/decode/prepare-image.js';

const sharp = await loadSharp();
const enough = 4_000_000;

/** Left half red, right half blue. */
function halves(width = 40, height = 20) {
  return sharp({ create: { width, height, channels: 3, background: 'red' } }).composite([
    {
      input: { create: { width: width / 2, height, channels: 3, background: 'blue' } },
      left: width / 2,
      top: 0,
    },
  ]);
}

function noise(width: number, height: number) {
  return sharp({
    create: {
      width,
      height,
      channels: 3,
      background: 'black',
      noise: { type: 'gaussian', mean: 128, sigma: 60 },
    },
  });
}

async function pixels(png: Uint8Array): Promise<{ data: Buffer; info: OutputInfo }> {
  return sharp(png).removeAlpha().raw().toBuffer({ resolveWithObject: true });
}

async function colourAt(png: Uint8Array, x: number, y: number): Promise<number[]> {
  const { data, info } = await pixels(png);
  const at = (y * info.width + x) * info.channels;
  return [...data.subarray(at, at + 3)];
}

describe('prepareImage converts to a PNG that the server accepts', () => {
  test.each(['png', 'jpeg', 'webp', 'gif', 'tiff'] as const)('%s', async (kind) => {
    const bytes = await halves().toFormat(kind).toBuffer();
    const { png, ...rest } = await prepareImage(bytes, enough);
    checkImage(png, enough);
    expect(rest).toEqual({ width: 40, height: 20, scaled: false });
    const [left, right] = [await colourAt(png, 3, 10), await colourAt(png, 36, 10)];
    expect(left[0]).toBeGreaterThan(240);
    expect(left[2]).toBeLessThan(15);
    expect(right[0]).toBeLessThan(15);
    expect(right[2]).toBeGreaterThan(240);
  });
});

test('a small PNG without metadata is sent unchanged', async () => {
  const bytes = await halves().png().toBuffer();
  expect(Buffer.from((await prepareImage(bytes, enough)).png)).toEqual(bytes);
});

test('a photograph is rotated upright and loses place and camera', async () => {
  const bytes = await halves()
    .withExif({ IFD0: { Make: 'SecretCam' }, IFD3: { GPSLatitude: '48/1 8/1 0/1' } })
    .withMetadata({ orientation: 6 })
    .jpeg()
    .toBuffer();
  expect(bytes.includes('SecretCam')).toBe(true);
  const { png, width, height } = await prepareImage(bytes, enough);
  expect([width, height]).toEqual([20, 40]);
  expect((await colourAt(png, 10, 3))[0]).toBeGreaterThan(240);
  expect((await colourAt(png, 10, 36))[2]).toBeGreaterThan(240);
  const { exif, orientation, icc } = await sharp(png).metadata();
  expect({ exif, orientation, icc }).toEqual({ exif: undefined, orientation: undefined, icc: undefined });
  expect(Buffer.from(png).includes('SecretCam')).toBe(false);
});

test('a PNG loses its texts and keeps its pixels', async () => {
  const bytes = await halves()
    .withExif({ IFD0: { Artist: 'Somebody' } })
    .png()
    .toBuffer();
  expect(bytes.includes('Somebody')).toBe(true);
  const { png } = await prepareImage(bytes, enough);
  expect(Buffer.from(png).includes('Somebody')).toBe(false);
  expect((await pixels(png)).data).toEqual((await pixels(bytes)).data);
});

test('an image with another colour profile is converted to sRGB', async () => {
  const bytes = await halves().withIccProfile('p3').png().toBuffer();
  const { png } = await prepareImage(bytes, enough);
  expect((await sharp(png).metadata()).icc).toBeUndefined();
  const [red, green, blue] = await colourAt(png, 3, 10);
  expect(red).toBeGreaterThan(245);
  expect(Math.max(green ?? 255, blue ?? 255)).toBeLessThan(12);
});

test('transparency is kept', async () => {
  const clear = { r: 0, g: 0, b: 0, alpha: 0 };
  const bytes = await sharp({ create: { width: 9, height: 9, channels: 4, background: clear } })
    .webp()
    .toBuffer();
  const { png } = await prepareImage(bytes, enough);
  expect((await sharp(png).stats()).isOpaque).toBe(false);
});

test('the first frame of an animation is sent', async () => {
  const frames = await Promise.all(
    ['red', 'blue'].map((background) =>
      sharp({ create: { width: 10, height: 10, channels: 3, background } })
        .png()
        .toBuffer(),
    ),
  );
  const bytes = await sharp(frames, { join: { animated: true } })
    .gif({ delay: [100, 100] })
    .toBuffer();
  const { png, width, height } = await prepareImage(bytes, enough);
  expect([width, height]).toEqual([10, 10]);
  expect(await colourAt(png, 5, 5)).toEqual([255, 0, 0]);
});

describe('scaling', () => {
  test('an image over the limit is scaled down in proportion', async () => {
    const bytes = await noise(1600, 1200).jpeg({ quality: 60 }).toBuffer();
    const { png, width, height, scaled } = await prepareImage(bytes, 1_500_000);
    checkImage(png, 1_500_000);
    expect(scaled).toBe(true);
    expect(width).toBeGreaterThanOrEqual(600);
    expect(width).toBeLessThan(1600);
    expect(Math.abs(height - (width * 3) / 4)).toBeLessThanOrEqual(1);
  });

  test('a low limit reduces colours before the width falls below 600 pixels', async () => {
    const bytes = await noise(800, 100).jpeg({ quality: 60 }).toBuffer();
    const { png, width } = await prepareImage(bytes, 60_000);
    expect(png.length).toBeLessThanOrEqual(60_000);
    expect(width).toBe(600);
  });

  test('a limit that cannot be met is an error that contains it', async () => {
    await expect(prepareImage(await noise(50, 50).jpeg().toBuffer(), 60)).rejects.toMatchObject({
      code: 'message-too-large',
      message: 'the image does not fit into 60 B',
    });
  });
});

describe('prepareImage rejects with a clear message', () => {
  const damaged = { code: 'message-refused', message: 'the image is damaged' };

  test.each(['png', 'jpeg', 'webp', 'gif', 'tiff'] as const)(
    'a %s that stops in the middle',
    async (kind) => {
      const bytes = await noise(200, 200).toFormat(kind).toBuffer();
      await expect(prepareImage(bytes.subarray(0, bytes.length / 2), enough)).rejects.toMatchObject(damaged);
    },
  );

  test('a PNG with broken pixels', async () => {
    const bytes = await noise(200, 200).png().toBuffer();
    bytes.fill(0, 1000, 1200);
    await expect(prepareImage(bytes, enough)).rejects.toMatchObject(damaged);
  });

  test('other bytes after the signature of an image', async () => {
    for (const signature of ['\x89PNG\r\n\x1a\n', '\xff\xd8\xff', 'GIF89a', 'II*\0', 'RIFF\0\0\0\0WEBP']) {
      const bytes = Buffer.from(`${signature}<svg xmlns="http://www.w3.org/2000/svg"/>`, 'latin1');
      await expect(prepareImage(bytes, enough)).rejects.toMatchObject({
        code: 'message-refused',
        // As a GIF, the text has a very large size.
        message: expect.stringMatching(/damaged|megapixels/),
      });
    }
  });

  test('a TIFF of too many pixels, which only the decoder detects', async () => {
    const bytes = await sharp({ create: { width: 8001, height: 5000, channels: 3, background: 'red' } })
      .tiff({ compression: 'deflate' })
      .toBuffer();
    await expect(prepareImage(bytes, enough)).rejects.toThrow('the image is 8001×5000: over 40 megapixels');
  });
});

test('the loaders of other formats are blocked', async () => {
  const svg = Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>');
  await expect(sharp(svg).metadata()).rejects.toThrow('unsupported image format');
});
