import { tmuxPassthrough } from '../../terminal/control-strings.js';
import type { ImageProcess } from '../process/image-process.js';
import type { CellPixels, CellSize, ImageRenderer } from './image-renderer.js';

type KittyOptions = {
  readonly imageProcess: ImageProcess;
  readonly cellPixels: CellPixels;
  readonly tmux: boolean;
  /** In [0, 1): image numbers start anywhere, since other programs use the same ones. */
  readonly random: () => number;
};

const placeholder = '\u{10eeee}';
/** A multiple of 4: the maximum payload of one escape sequence (graphics protocol, "Remote client"). */
const chunkLength = 4096;
// The low byte of a number is the placeholder's colour (not 0), the high byte a third diacritic: fits 256 colours.
const lowBytes = 255;
const highBytes = 256;

/** Unicode placeholders: cells that kitty 0.28 and later and Ghostty replace by their part of an image. */
export function kittyRenderer({ imageProcess, cellPixels, tmux, random }: KittyOptions): ImageRenderer {
  let counter = Math.floor(random() * lowBytes * highBytes);
  const pass = tmux ? tmuxPassthrough : (sequence: string) => sequence;
  return {
    async render(bytes, cells) {
      const payload = await encodePng(imageProcess, bytes, cells, cellPixels);
      counter = (counter + 1) % (lowBytes * highBytes);
      const [low, high] = [(counter % lowBytes) + 1, Math.floor(counter / lowBytes)];
      const id = high * 0x1000000 + low;
      return {
        rows: Array.from({ length: cells.rows }, (_, row) => placeholders(row, cells.columns, low, high)),
        columns: cells.columns,
        upload: transmission(payload, id, cells).map(pass),
        release: pass(`\x1b_Ga=d,d=I,i=${id},q=2\x1b\\`),
      };
    },
  };
}

/** Re-encodes to base64, no larger than the cells show: the terminal never decodes bytes of other users. */
async function encodePng(
  imageProcess: ImageProcess,
  bytes: Uint8Array,
  cells: CellSize,
  pixels: CellPixels,
): Promise<string> {
  const [width, height] = [cells.columns * pixels.width, cells.rows * pixels.height];
  const encoded = await imageProcess.run({ kind: 'png', width, height }, bytes);
  return Buffer.from(encoded.bytes.buffer, encoded.bytes.byteOffset, encoded.bytes.length).toString('base64');
}

/** Every cell names its row and column, so tmux may redraw any part of a row. */
function placeholders(row: number, columns: number, low: number, high: number): string {
  const cells = Array.from(
    { length: columns },
    (_, column) => placeholder + diacritic(row) + diacritic(column) + diacritic(high),
  );
  return `\x1b[38;5;${low}m${cells.join('')}\x1b[39m`;
}

function diacritic(number: number): string {
  return kittyDiacritics[Math.min(number, kittyDiacritics.length - 1)] ?? '';
}

/** `U=1` creates a placement for placeholders, `q=2` suppresses replies. */
function transmission(payload: string, id: number, { columns, rows }: CellSize): string[] {
  const chunks = payload.match(new RegExp(`.{1,${chunkLength}}`, 'g')) ?? [];
  return chunks.map((chunk, index) => {
    const keys = index === 0 ? `a=T,U=1,f=100,i=${id},c=${columns},r=${rows},q=2,` : 'q=2,';
    return `\x1b_G${keys}m=${index < chunks.length - 1 ? 1 : 0};${chunk}\x1b\\`;
  });
}

/** First and last code points of ranges, from the protocol's table `rowcolumn-diacritics.txt`. */
// prettier-ignore
const ranges = [
  [0x305, 0x305], [0x30d, 0x30e], [0x310, 0x310], [0x312, 0x312], [0x33d, 0x33f], [0x346, 0x346],
  [0x34a, 0x34c], [0x350, 0x352], [0x357, 0x357], [0x35b, 0x35b], [0x363, 0x36f], [0x483, 0x487],
  [0x592, 0x595], [0x597, 0x599], [0x59c, 0x5a1], [0x5a8, 0x5a9], [0x5ab, 0x5ac], [0x5af, 0x5af],
  [0x5c4, 0x5c4], [0x610, 0x617], [0x657, 0x65b], [0x65d, 0x65e], [0x6d6, 0x6dc], [0x6df, 0x6e2],
  [0x6e4, 0x6e4], [0x6e7, 0x6e8], [0x6eb, 0x6ec], [0x730, 0x730], [0x732, 0x733], [0x735, 0x736],
  [0x73a, 0x73a], [0x73d, 0x73d], [0x73f, 0x741], [0x743, 0x743], [0x745, 0x745], [0x747, 0x747],
  [0x749, 0x74a], [0x7eb, 0x7f1], [0x7f3, 0x7f3], [0x816, 0x819], [0x81b, 0x823], [0x825, 0x827],
  [0x829, 0x82d], [0x951, 0x951], [0x953, 0x954], [0xf82, 0xf83], [0xf86, 0xf87], [0x135d, 0x135f],
  [0x17dd, 0x17dd], [0x193a, 0x193a], [0x1a17, 0x1a17], [0x1a75, 0x1a7c], [0x1b6b, 0x1b6b],
  [0x1b6d, 0x1b73], [0x1cd0, 0x1cd2], [0x1cda, 0x1cdb], [0x1ce0, 0x1ce0], [0x1dc0, 0x1dc1],
  [0x1dc3, 0x1dc9], [0x1dcb, 0x1dcc], [0x1dd1, 0x1de6], [0x1dfe, 0x1dfe], [0x20d0, 0x20d1],
  [0x20d4, 0x20d7], [0x20db, 0x20dc], [0x20e1, 0x20e1], [0x20e7, 0x20e7], [0x20e9, 0x20e9],
  [0x20f0, 0x20f0], [0x2cef, 0x2cf1], [0x2de0, 0x2dff], [0xa66f, 0xa66f], [0xa67c, 0xa67d],
  [0xa6f0, 0xa6f1], [0xa8e0, 0xa8f1], [0xaab0, 0xaab0], [0xaab2, 0xaab3], [0xaab7, 0xaab8],
  [0xaabe, 0xaabf], [0xaac1, 0xaac1], [0xfe20, 0xfe26], [0x10a0f, 0x10a0f], [0x10a38, 0x10a38],
  [0x1d185, 0x1d189], [0x1d1aa, 0x1d1ad], [0x1d242, 0x1d244],
] as const;

export const kittyDiacritics: readonly string[] = ranges.flatMap(([first, last]) =>
  Array.from({ length: last - first + 1 }, (_, index) => String.fromCodePoint(first + index)),
);
