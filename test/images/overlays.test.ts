import { randomBytes } from 'node:crypto';
import { expect, test } from '@jest/globals';
import sixel from 'sixel';
import type { RenderedImage } from '../../src/client/images/graphics/image-renderer.js';
import { iterm2Renderer } from '../../src/client/images/graphics/graphics.js';
import { createImageProcess } from '../../src/client/images/process/image-process.js';
import { loadSharp } from '../../src/client/images/decode/decode.js';
import { sixelRenderer } from '../../src/client/images/graphics/sixel.js';

const sharp = await loadSharp();
const imageProcess = createImageProcess();
const cellPixels = { width: 8, height: 16 };
const cells = { columns: 5, rows: 2 };
const blank = [' '.repeat(5), ' '.repeat(5)];

/** The bytes of an image with a single part. */
function drawingOf({ parts = [] }: RenderedImage): string {
  expect(parts).toHaveLength(1);
  expect(parts[0]).toMatchObject({ row: 0, rows: cells.rows });
  return parts[0]?.bytes ?? '';
}

/** Left half red, right half transparent. */
async function testImage(): Promise<Buffer> {
  const clear = { r: 0, g: 0, b: 0, alpha: 0 };
  const red = { create: { width: 100, height: 80, channels: 4 as const, background: 'red' } };
  return sharp({ create: { width: 200, height: 80, channels: 4, background: clear } })
    .composite([{ input: red, left: 0, top: 0 }])
    .png()
    .toBuffer();
}

test("iTerm2's sequences contain a PNG for each row of cells and keep the cursor", async () => {
  const image = await iterm2Renderer(imageProcess, cellPixels).render(await testImage(), cells);
  expect(image).toMatchObject({ rows: blank, columns: 5 });
  expect(image.parts).toMatchObject([
    { row: 0, rows: 1 },
    { row: 1, rows: 1 },
  ]);
  for (const { bytes } of image.parts ?? []) {
    const [, options = '', payload = ''] = /^\x1b\]1337;File=([^:]*):([\w+/=]*)\x07$/.exec(bytes) ?? [];
    const png = Buffer.from(payload, 'base64');
    expect(options).toBe(
      `inline=1;size=${png.length};width=5;height=1;preserveAspectRatio=0;doNotMoveCursor=1`,
    );
    expect(await sharp(png).metadata()).toMatchObject({ format: 'png', width: 40, height: 16 });
  }
});

test('a sixel image fills its cells in its colours, grey where it is transparent', async () => {
  const image = await sixelRenderer({ imageProcess, cellPixels, tmux: false }).render(
    await testImage(),
    cells,
  );
  expect(image.rows).toEqual(blank);
  const [, body = ''] = /^\x1bP[\d;]*q([^\x1b]*)\x1b\\$/.exec(drawingOf(image)) ?? [];
  const decoder = new sixel.Decoder();
  decoder.init(0, null, 256);
  decoder.decodeString(body);
  expect([decoder.width, decoder.height]).toEqual([40, 30]);
  const colour = (x: number, y: number) => {
    const pixel = decoder.data32[y * 40 + x] ?? 0;
    return [pixel & 255, (pixel >> 8) & 255, (pixel >> 16) & 255];
  };
  expect(colour(5, 15)).toEqual([255, 0, 0]);
  // Sixel counts colours in percent.
  for (const part of colour(35, 15)) expect(Math.abs(part - 128)).toBeLessThanOrEqual(2);
});

test('a sixel image consists of strips of whole rows and whole bands', async () => {
  const tall = { columns: 3, rows: 8 };
  const { parts = [] } = await sixelRenderer({
    imageProcess,
    cellPixels: { width: 8, height: 17 },
    tmux: false,
  }).render(await testImage(), tall);
  expect(parts.map(({ row, rows }) => [row, rows])).toEqual([
    [0, 6],
    [6, 2],
  ]);
  const heights = parts.map(({ bytes }) => {
    const decoder = new sixel.Decoder();
    decoder.init(0, null, 256);
    decoder.decodeString(bytes.slice(bytes.indexOf('q') + 1, -2));
    return decoder.height;
  });
  expect(heights).toEqual([6 * 17, 30]);
});

/** The colours of a sequence by pixel. */
function pixelsOf(sequence: string): { width: number; height: number; colours: number[] } {
  const decoder = new sixel.Decoder();
  decoder.init(0, null, 256);
  decoder.decodeString(sequence.slice(sequence.indexOf('q') + 1, -2));
  const { width, height } = decoder;
  return { width, height, colours: [...decoder.data32.subarray(0, width * height)] };
}

test('a cropped strip has the pixels of its rows, up to the last whole band at its end', async () => {
  const noise = sharp(randomBytes(24 * 60 * 3), { raw: { width: 24, height: 60, channels: 3 } });
  const [strip, last] =
    (
      await sixelRenderer({ imageProcess, cellPixels: { width: 8, height: 10 }, tmux: false }).render(
        await noise.png().toBuffer(),
        { columns: 3, rows: 6 },
      )
    ).parts ?? [];
  expect([strip?.rows, last?.rows]).toEqual([3, 3]);
  for (const part of [strip, last]) {
    const whole = pixelsOf(part?.bytes ?? '');
    for (const [from, to] of [
      [0, 1],
      [0, 2],
      [1, 2],
      [1, 3],
      [2, 3],
    ] as const) {
      const wanted = (to - from) * 10;
      const height = part === strip && to === 3 ? wanted : wanted - (wanted % 6);
      const cropped = pixelsOf(part?.crop?.(from, to) ?? '');
      expect([from, to, cropped.width, cropped.height]).toEqual([from, to, 24, height]);
      expect(cropped.colours).toEqual(whole.colours.slice(from * 10 * 24, (from * 10 + height) * 24));
    }
  }
});

test('tmux receives a sixel image as a single strip', async () => {
  const tall = { columns: 3, rows: 8 };
  const { parts } = await sixelRenderer({ imageProcess, cellPixels, tmux: true }).render(
    await testImage(),
    tall,
  );
  expect(parts).toMatchObject([{ row: 0, rows: 8 }]);
});

test('iTerm2 receives a photograph as a JPEG, drawings and transparent images as PNG', async () => {
  const large = { columns: 40, rows: 20 };
  const formatOf = async (bytes: Buffer): Promise<string | undefined> => {
    const drawing =
      (await iterm2Renderer(imageProcess, cellPixels).render(bytes, large)).parts?.[0]?.bytes ?? '';
    return (await sharp(Buffer.from(drawing.slice(drawing.indexOf(':') + 1, -1), 'base64')).metadata())
      .format;
  };
  const noise = randomBytes(320 * 320 * 4);
  const raw = { width: 320, height: 320 };
  const photograph = sharp(noise.subarray(0, 320 * 320 * 3), { raw: { ...raw, channels: 3 } });
  expect(await formatOf(await photograph.png().toBuffer())).toBe('jpeg');
  expect(
    await formatOf(
      await sharp(noise, { raw: { ...raw, channels: 4 } })
        .png()
        .toBuffer(),
    ),
  ).toBe('png');
  expect(await formatOf(await testImage())).toBe('png');
});

test('a damaged image is an error with a clear message', async () => {
  const bytes = (await testImage()).subarray(0, 60);
  for (const renderer of [
    iterm2Renderer(imageProcess, cellPixels),
    sixelRenderer({ imageProcess, cellPixels, tmux: false }),
  ]) {
    await expect(renderer.render(bytes, cells)).rejects.toThrow('the image is damaged');
  }
});
