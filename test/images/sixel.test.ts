import { expect, test } from '@jest/globals';
import sharp from 'sharp';
import { decode } from 'sixel';
import { drawSixel } from '../../src/client/images/process/draw-sixel.js';

const size = { width: 120, height: 90 };

/** The sixel data of an image, without the ends of the sequence. */
async function sixels(png: Buffer): Promise<Buffer> {
  const body = /^\x1bP[\d;]*q(.*)\x1b\\$/s.exec(
    await drawSixel(png, { ...size, stripHeight: size.height }),
  )?.[1];
  return Buffer.from(body ?? '', 'latin1');
}

/** Mean and maximum difference between the sent and the drawn colours, from 0 to 255. */
async function distance(png: Buffer): Promise<{ mean: number; largest: number }> {
  const shown = decode(await sixels(png));
  expect({ width: shown.width, height: shown.height }).toEqual(size);
  const drawn = new Uint8Array(shown.data32.buffer, shown.data32.byteOffset, size.width * size.height * 4);
  const sent = await sharp(png).toColourspace('srgb').ensureAlpha().raw().toBuffer();
  const distances = sent.map((sample, at) => Math.abs(sample - (drawn[at] ?? 0)));
  return {
    mean: distances.reduce((sum, each) => sum + each, 0) / distances.length,
    largest: Math.max(...distances),
  };
}

type Colour = readonly [red: number, green: number, blue: number];

/** Computes the pixels, since the SVG loader is disabled. */
function image(colourAt: (x: number, y: number) => Colour): Promise<Buffer> {
  const pixels = Array.from({ length: size.width * size.height }, (_, at) =>
    colourAt(at % size.width, Math.floor(at / size.width)),
  );
  return sharp(Uint8Array.from(pixels.flat()), { raw: { ...size, channels: 3 } })
    .png()
    .toBuffer();
}

/** From a colour to white with a black ring: many more similar colours than sixel has. */
function smooth(colour: Colour): Promise<Buffer> {
  return image((x, y) => {
    if (Math.abs(Math.hypot(x - 60, y - 45) - 30) < 3) return [0, 0, 0];
    const part = (x + y) / (size.width + size.height);
    const [red, green, blue] = colour.map((sample) => Math.round(sample + (255 - sample) * part));
    return [red ?? 0, green ?? 0, blue ?? 0];
  });
}

test.each([[[255, 165, 0]], [[135, 206, 235]], [[238, 130, 238]], [[0, 0, 0]]] as const)(
  'a smooth image from the colour %j to white keeps its colours',
  async (colour) => {
    const { mean, largest } = await distance(await smooth(colour));
    expect(mean).toBeLessThan(3);
    expect(largest).toBeLessThan(64);
  },
);

test('a few plain colours are shown exactly, within the resolution of percents', async () => {
  const colours = [
    [0, 0, 0],
    [255, 255, 255],
    [255, 0, 0],
    [0, 255, 0],
    [0, 0, 255],
    [128, 128, 128],
  ] as const;
  const stripes = await image((x) => colours[Math.floor(x / 20)] ?? [0, 0, 0]);
  expect((await distance(stripes)).largest).toBeLessThanOrEqual(2);
});

test('an image of one colour and a grey image can be drawn', async () => {
  const plain = { create: { ...size, channels: 3, background: 'teal' } } as const;
  expect((await distance(await sharp(plain).png().toBuffer())).largest).toBeLessThanOrEqual(2);
  expect((await distance(await sharp(plain).greyscale().png().toBuffer())).largest).toBeLessThanOrEqual(2);
});

test('transparent pixels are grey, on which black and white are visible', async () => {
  const clear = { create: { ...size, channels: 4, background: { r: 0, g: 0, b: 0, alpha: 0 } } } as const;
  const { data32 } = decode(await sixels(await sharp(clear).png().toBuffer()));
  expect(new Set([...data32].map((pixel) => pixel & 0xff))).toEqual(new Set([128]));
});
