import { describe, expect, test } from '@jest/globals';
import stringWidth from 'string-width';
import { halfBlockRenderer } from '../../src/client/images/graphics/graphics.js';
import { createImageProcess } from '../../src/client/images/process/image-process.js';
import { loadSharp } from '../../src/client/images/decode/decode.js';

const sharp = await loadSharp();
const imageProcess = createImageProcess();
const box = { columns: 20, rows: 8 };
const wide = { columns: 4, rows: 1 };

function plain(
  width: number,
  height: number,
  background: string | { r: number; g: number; b: number; alpha: number },
) {
  return sharp({ create: { width, height, channels: 4, background } })
    .png()
    .toBuffer();
}

/** The top half has one colour, the bottom half another. */
async function stacked(top: string, bottom: string): Promise<Buffer> {
  const input = { create: { width: 4, height: 1, channels: 3 as const, background: bottom } };
  return sharp({ create: { width: 4, height: 2, channels: 3, background: top } })
    .composite([{ input, left: 0, top: 1 }])
    .png()
    .toBuffer();
}

test('a cell shows two pixels: the upper as its background, the lower as its foreground', async () => {
  const { rows, columns } = await halfBlockRenderer(imageProcess, 'truecolor').render(
    await stacked('#ff0000', '#0000ff'),
    wide,
  );
  expect(columns).toBe(4);
  expect(rows).toEqual(['\x1b[48;2;255;0;0m\x1b[38;2;0;0;255m▄▄▄▄\x1b[39m\x1b[49m']);
});

test.each([
  ['256', '\x1b[48;5;196m\x1b[38;5;21m▄▄▄▄\x1b[39m\x1b[49m'],
  ['16', '\x1b[101m\x1b[94m▄▄▄▄\x1b[39m\x1b[49m'],
] as const)('with depth %s only its colours are used', async (depth, row) => {
  const image = await halfBlockRenderer(imageProcess, depth).render(
    await stacked('#ff0000', '#0000ff'),
    wide,
  );
  expect(image.rows).toEqual([row]);
});

describe('half blocks fill the cells exactly', () => {
  test.each([
    [640, 480, 20, 8],
    [480, 640, 12, 8],
    [3, 900, 1, 8],
    [900, 3, 20, 1],
    [1, 1, 1, 1],
    [1, 1, 7, 3],
    [400, 10, 300, 4],
  ])('%d×%d pixels in %d×%d cells', async (width, height, columns, rows) => {
    const bytes = await plain(width, height, 'teal');
    const drawn = await halfBlockRenderer(imageProcess, 'truecolor').render(bytes, { columns, rows });
    expect([drawn.columns, drawn.rows.length]).toEqual([columns, rows]);
    for (const row of drawn.rows) expect(stringWidth(row)).toBe(columns);
  });
});

test('transparent pixels are grey, so that black and white drawings are visible', async () => {
  const { rows } = await halfBlockRenderer(imageProcess, 'truecolor').render(
    await plain(2, 2, { r: 255, g: 0, b: 0, alpha: 0 }),
    { columns: 2, rows: 1 },
  );
  expect(rows).toEqual(['\x1b[48;2;128;128;128m\x1b[38;2;128;128;128m▄▄\x1b[39m\x1b[49m']);
});

test('half blocks contain only colours and block characters', async () => {
  const noise = { type: 'gaussian', mean: 128, sigma: 60 } as const;
  const bytes = await sharp({ create: { width: 99, height: 99, channels: 3, background: 'black', noise } })
    .jpeg()
    .toBuffer();
  const { rows } = await halfBlockRenderer(imageProcess, 'truecolor').render(bytes, box);
  expect(rows.join('').replace(/\x1b\[[\d;]*m/g, '')).toMatch(/^▄+$/);
});

test('images of different widths drawn at the same time keep their widths', async () => {
  const bytes = await plain(100, 10, 'teal');
  const widths = [90, 5, 120, 40];
  const drawn = await Promise.all(
    widths.map((columns) => halfBlockRenderer(imageProcess, 'truecolor').render(bytes, { columns, rows: 2 })),
  );
  expect(drawn.map(({ rows }) => stringWidth(rows[0] ?? ''))).toEqual(widths);
});

test('images drawn at the same time do not mix', async () => {
  const colours = ['#ff0000', '#00ff00', '#0000ff'];
  const drawn = await Promise.all(
    colours.map(async (colour) =>
      halfBlockRenderer(imageProcess, 'truecolor').render(await stacked(colour, colour), wide),
    ),
  );
  const shown = drawn.map(({ rows }) => rows[0]?.slice(0, 17).replaceAll('\x1b', ''));
  expect(shown).toEqual(
    ['[48;2;255;0;0m[', '[48;2;0;255;0m[', '[48;2;0;0;255m['].map((row) => expect.stringContaining(row)),
  );
});

test('a damaged image is an error with a clear message', async () => {
  const bytes = await plain(300, 300, 'teal');
  await expect(
    halfBlockRenderer(imageProcess, '256').render(bytes.subarray(0, 60), box),
  ).rejects.toMatchObject({
    code: 'message-refused',
    message: 'the image is damaged',
  });
});
