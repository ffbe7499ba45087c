import process from 'node:process';
import chalk from 'chalk';
import terminalImage from 'terminal-image';
import { backdrop } from '../backdrop.js';
import { compactSgr } from '../compact-sgr.js';
import { openImage, orDamaged } from '../decode.js';
import type { CellSize } from '../image-renderer.js';
import type { BlockDepth } from './picture-job.js';

const chalkLevels = { '16': 1, '256': 2, truecolor: 3 } as const;

/**
 * Rows of half blocks, a line each. For a process of its own, one picture at a time: `terminal-image` colours by
 * chalk, which guesses from the environment, and draws no wider than stdout; both are set here for all.
 */
export async function drawHalfBlocks(bytes: Uint8Array, cells: CellSize, depth: BlockDepth): Promise<string> {
  const png = await scaleToCells(bytes, cells);
  chalk.level = chalkLevels[depth];
  process.stdout.columns = cells.columns;
  const size = { width: cells.columns, height: cells.rows };
  // Native rendering would write to the terminal by itself.
  const text = await terminalImage.buffer(png, { ...size, preferNativeRender: false });
  return text.split('\n').map(compactSgr).join('\n');
}

/** The picture as a PNG of exactly one pixel a column and two a row. */
async function scaleToCells(bytes: Uint8Array, { columns, rows }: CellSize): Promise<Buffer> {
  const pipeline = (await openImage(bytes)).toColourspace('srgb');
  return orDamaged(
    pipeline
      .resize(columns, rows * 2, { fit: 'fill' })
      .flatten({ background: backdrop })
      .png({ compressionLevel: 1 })
      .toBuffer(),
  );
}
