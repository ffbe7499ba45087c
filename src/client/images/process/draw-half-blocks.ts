import process from 'node:process';
import chalk from 'chalk';
import terminalImage from 'terminal-image';
import { background, openImage, orDamaged } from '../decode/decode.js';
import type { BlockDepth } from './image-job.js';

/** How an image is drawn: its size in terminal cells. */
type HalfBlocks = { readonly columns: number; readonly rows: number; readonly depth: BlockDepth };

const chalkLevels = { '16': 1, '256': 2, truecolor: 3 } as const;

/**
 * Rows of half blocks, a line each. For a process of its own, one image at a time: `terminal-image` colours by
 * chalk, which guesses from the environment, and draws no wider than stdout; both are set here for all.
 */
export async function drawHalfBlocks(
  bytes: Uint8Array,
  { columns, rows, depth }: HalfBlocks,
): Promise<string> {
  const png = await scaleToCells(bytes, columns, rows);
  chalk.level = chalkLevels[depth];
  process.stdout.columns = columns;
  const size = { width: columns, height: rows };
  // Native rendering would write to the terminal by itself.
  const text = await terminalImage.buffer(png, { ...size, preferNativeRender: false });
  return text.split('\n').map(compactSgr).join('\n');
}

/** The image as a PNG of exactly one pixel a column and two a row. */
async function scaleToCells(bytes: Uint8Array, columns: number, rows: number): Promise<Buffer> {
  const pipeline = (await openImage(bytes)).toColourspace('srgb');
  return orDamaged(
    pipeline
      .resize(columns, rows * 2, { fit: 'fill' })
      .flatten({ background: background })
      .png({ compressionLevel: 1 })
      .toBuffer(),
  );
}

const closed = '\x1b[39m\x1b[49m';
const cell = /(?:\x1b\[([\d;]*)m)(?:\x1b\[([\d;]*)m)([^\x1b])\x1b\[39m\x1b\[49m/g;

/**
 * The same row in fewer bytes. Every cell of the input sets its background and foreground and closes both; the
 * output sets what differs from the cell before, and closes once. A row that is made otherwise stays as it is.
 */
export function compactSgr(row: string): string {
  let background: string | undefined;
  let foreground: string | undefined;
  let end = 0;
  let compact = '';
  for (const [whole, back = '', fore = '', character = ''] of row.matchAll(cell)) {
    if (back !== background) compact += `\x1b[${back}m`;
    if (fore !== foreground) compact += `\x1b[${fore}m`;
    [background, foreground] = [back, fore];
    compact += character;
    end += whole.length;
  }
  return end > 0 && end === row.length ? compact + closed : row;
}
