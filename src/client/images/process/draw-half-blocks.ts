import process from 'node:process';
import chalk from 'chalk';
import terminalImage from 'terminal-image';
import { background, openImage, orDamaged } from '../decode/decode.js';
import type { BlockDepth } from './image-job.js';

type HalfBlocks = { readonly columns: number; readonly rows: number; readonly depth: BlockDepth };

const chalkLevels = { '16': 1, '256': 2, truecolor: 3 } as const;

/** One image at a time per process: `terminal-image` uses chalk's global level and the width of stdout. */
export async function drawHalfBlocks(
  bytes: Uint8Array,
  { columns, rows, depth }: HalfBlocks,
): Promise<string> {
  const png = await scaleToCells(bytes, columns, rows);
  chalk.level = chalkLevels[depth];
  process.stdout.columns = columns;
  const size = { width: columns, height: rows };
  // Native rendering would write to the terminal directly.
  const text = await terminalImage.buffer(png, { ...size, preferNativeRender: false });
  return text.split('\n').map(compactSgr).join('\n');
}

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

/** Sets only the colours that change and resets them once. A row of another form stays as it is. */
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
