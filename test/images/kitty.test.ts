import { expect, test } from '@jest/globals';
import stringWidth from 'string-width';
import { kittyDiacritics, kittyRenderer } from '../../src/client/images/graphics/kitty.js';
import { createImageProcess } from '../../src/client/images/process/image-process.js';
import { loadSharp } from '../../src/client/images/decode/decode.js';

const sharp = await loadSharp();
const imageProcess = createImageProcess();
const cellPixels = { width: 10, height: 20 };
const cells = { columns: 3, rows: 2 };

function renderer(options: { tmux?: boolean; random?: number } = {}) {
  return kittyRenderer({
    imageProcess,
    cellPixels,
    tmux: options.tmux ?? false,
    random: () => options.random ?? 0,
  });
}

async function noise(width: number, height: number): Promise<Buffer> {
  const gaussian = { type: 'gaussian', mean: 128, sigma: 60 } as const;
  return sharp({ create: { width, height, channels: 3, background: 'black', noise: gaussian } })
    .png()
    .toBuffer();
}

/** The keys and payloads of the graphics commands in a text. */
function commands(texts: readonly string[] = []): { keys: string; payload: string }[] {
  return [...texts.join('').matchAll(/\x1b_G([^;\x1b]*);?([^\x1b]*)\x1b\\/g)].map(
    ([, keys = '', payload = '']) => ({
      keys,
      payload,
    }),
  );
}

test('every cell contains its row, column and high byte; its colour is the low byte', async () => {
  const { rows, columns, upload } = await renderer().render(await noise(3, 2), cells);
  const [zero, one, two] = ['\u0305', '\u030d', '\u030e'];
  const cell = (row: string, column: string) => `\u{10eeee}${row}${column}${zero}`;
  expect(columns).toBe(3);
  expect(rows).toEqual([
    `\x1b[38;5;2m${cell(zero, zero)}${cell(zero, one)}${cell(zero, two)}\x1b[39m`,
    `\x1b[38;5;2m${cell(one, zero)}${cell(one, one)}${cell(one, two)}\x1b[39m`,
  ]);
  for (const row of rows) expect(stringWidth(row)).toBe(3);
  expect(commands(upload)[0]?.keys).toBe('a=T,U=1,f=100,i=2,c=3,r=2,q=2,m=0');
});

test('the upload is a PNG no larger than the cells show, in chunks of the protocol', async () => {
  const { upload } = await renderer().render(await noise(700, 700), { columns: 30, rows: 15 });
  const sent = commands(upload);
  expect(sent.length).toBeGreaterThan(1);
  sent.forEach(({ keys, payload }, index) => {
    const isLast = index === sent.length - 1;
    if (index > 0) expect(keys).toBe(`q=2,m=${isLast ? 0 : 1}`);
    expect(payload.length).toBeLessThanOrEqual(4096);
    if (!isLast) expect(payload.length % 4).toBe(0);
  });
  // Other output may come before and after each.
  for (const piece of upload ?? []) expect(piece).toMatch(/^\x1b_G[^\x1b]*\x1b\\$/);
  const png = Buffer.from(sent.map(({ payload }) => payload).join(''), 'base64');
  expect(await sharp(png).metadata()).toMatchObject({ format: 'png', width: 300, height: 300 });
});

test('each image has its own number, which its release contains', async () => {
  const bytes = await noise(3, 3);
  // 254 of 65,280: the next number has the high byte 1.
  const several = renderer({ random: 254 / 65_280 });
  const first = await several.render(bytes, cells);
  expect(commands(first.upload)[0]?.keys).toContain(`i=16777217,`);
  expect(first.rows[0]).toContain(`\x1b[38;5;1m\u{10eeee}\u0305\u0305${kittyDiacritics[1] ?? ''}`);
  expect(commands([first.release ?? ''])[0]?.keys).toBe(`a=d,d=I,i=16777217,q=2`);
  const second = await several.render(bytes, cells);
  expect(commands(second.upload)[0]?.keys).toContain(`i=16777218,`);
});

test('inside tmux every command is passed through', async () => {
  const bytes = await noise(300, 300);
  const box = { columns: 30, rows: 15 };
  const [bare, wrapped] = [
    await renderer().render(bytes, box),
    await renderer({ tmux: true }).render(bytes, box),
  ];
  const passed = (wrapped.upload ?? []).map(
    (piece) => /^\x1bPtmux;((?:\x1b\x1b|[^\x1b])*)\x1b\\$/.exec(piece)?.[1],
  );
  expect(passed.map((inner) => inner?.replaceAll('\x1b\x1b', '\x1b'))).toEqual(bare.upload);
});

test('the 297 diacritics are different and stable under normalisation', () => {
  expect(new Set(kittyDiacritics).size).toBe(297);
  expect(kittyDiacritics.slice(0, 3)).toEqual(['\u0305', '\u030d', '\u030e']);
  for (const sign of kittyDiacritics) {
    expect(sign).toMatch(/^\p{Mn}$/u);
    expect(`\u{10eeee}${sign}`.normalize('NFC')).toBe(`\u{10eeee}${sign}`);
  }
});
