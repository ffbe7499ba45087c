import type { ImageProcess } from '../process/image-process.js';
import type { CellPixels, ImageRenderer } from './image-renderer.js';

const bandPixels = 6;
/** A strip has the fewest rows, but at least these, that consist of whole bands. */
const minStripRows = 3;

type SixelOptions = {
  readonly imageProcess: ImageProcess;
  readonly cellPixels: CellPixels;
  /** tmux keeps only ten images in all, so there each image is a single strip. */
  readonly tmux: boolean;
};

/** Needs the reported cell size, since sixel counts in pixels. Other output can come between strips. */
export function sixelRenderer({ imageProcess, cellPixels, tmux }: SixelOptions): ImageRenderer {
  return {
    async render(bytes, cells) {
      const width = cells.columns * cellPixels.width;
      const height = wholeBands(cells.rows * cellPixels.height);
      const stripRows = tmux ? cells.rows : rowsOfStrip(cellPixels.height);
      const stripHeight = stripRows * cellPixels.height;
      const drawn = await imageProcess.run({ kind: 'sixel', width, height, stripHeight }, bytes);
      return {
        rows: Array<string>(cells.rows).fill(' '.repeat(cells.columns)),
        columns: cells.columns,
        parts: sequencesIn(Buffer.from(drawn.bytes).toString('latin1')).map((strip, index) => ({
          row: index * stripRows,
          rows: Math.min(stripRows, cells.rows - index * stripRows),
          bytes: strip,
        })),
      };
    },
  };
}

function wholeBands(height: number): number {
  return Math.max(bandPixels, height - (height % bandPixels));
}

function rowsOfStrip(cellHeight: number): number {
  let rows = minStripRows;
  while ((rows * cellHeight) % bandPixels !== 0) rows += 1;
  return rows;
}

function sequencesIn(text: string): string[] {
  return text.match(/\x1bP[^\x1b]*\x1b\\/g) ?? [];
}
