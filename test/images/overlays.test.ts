import { expect, test } from '@jest/globals';
import sixel from 'sixel';
import { iterm2Renderer } from '../../src/client/images/iterm2.js';
import { loadSharp } from '../../src/client/images/sharp-settings.js';
import { sixelRenderer } from '../../src/client/images/sixel.js';

const sharp = await loadSharp();
const cellPixels = { width: 8, height: 16 };
const cells = { columns: 5, rows: 2 };
const blank = [' '.repeat(5), ' '.repeat(5)];

/** Left half red, right half transparent. */
async function picture(): Promise<Buffer> {
  const clear = { r: 0, g: 0, b: 0, alpha: 0 };
  const red = { create: { width: 100, height: 80, channels: 4 as const, background: 'red' } };
  return sharp({ create: { width: 200, height: 80, channels: 4, background: clear } })
    .composite([{ input: red, left: 0, top: 0 }])
    .png()
    .toBuffer();
}

test("iTerm2's sequence carries a PNG for exactly these cells and leaves the cursor", async () => {
  const image = await iterm2Renderer(cellPixels).render(await picture(), cells);
  expect(image).toMatchObject({ rows: blank, columns: 5 });
  const [, options = '', payload = ''] =
    /^\x1b\]1337;File=([^:]*):([\w+/=]*)\x07$/.exec(image.overlay ?? '') ?? [];
  const png = Buffer.from(payload, 'base64');
  expect(options).toBe(
    `inline=1;size=${png.length};width=5;height=2;preserveAspectRatio=0;doNotMoveCursor=1`,
  );
  expect(await sharp(png).metadata()).toMatchObject({ format: 'png', width: 40, height: 32 });
});

test('a sixel picture stays within its cells and shows its colours, grey where it is transparent', async () => {
  const { rows, overlay = '' } = await sixelRenderer(cellPixels).render(await picture(), cells);
  expect(rows).toEqual(blank);
  const [, body = ''] = /^\x1bP[\d;]*q([^\x1b]*)\x1b\\$/.exec(overlay) ?? [];
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

test('a damaged picture is an error in words', async () => {
  const bytes = (await picture()).subarray(0, 60);
  for (const renderer of [iterm2Renderer(cellPixels), sixelRenderer(cellPixels)]) {
    await expect(renderer.render(bytes, cells)).rejects.toThrow('the image is damaged');
  }
});
