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
        parts: sequencesIn(Buffer.from(drawn.bytes).toString('latin1')).map((strip, index, strips) => ({
          row: index * stripRows,
          rows: Math.min(stripRows, cells.rows - index * stripRows),
          bytes: strip,
          crop: rememberLast((from, to) =>
            cropSixel(strip, {
              from: from * cellPixels.height,
              to: to * cellPixels.height,
              isLast: index === strips.length - 1,
            }),
          ),
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

/** A part is drawn again at each key; its rows in view change only by scrolling. */
function rememberLast(crop: (from: number, to: number) => string): (from: number, to: number) => string {
  let last: { readonly from: number; readonly to: number; readonly bytes: string } | undefined;
  return (from, to) => {
    if (last?.from !== from || last.to !== to) last = { from, to, bytes: crop(from, to) };
    return last.bytes;
  };
}

const sixelParts = /^\x1bP[\d;]*q"1;1;(\d+);(\d+)((?:#\d+;\d+;\d+;\d+;\d+)*)([^\x1b]*)\x1b\\$/;

/**
 * Some pixel rows of a sequence of `sixel`'s encoder. A band that is only partly needed would cover the cells below in
 * terminals that fill it, so it is kept only where the next strip is drawn over them.
 */
function cropSixel(
  strip: string,
  { from, to, isLast }: { readonly from: number; readonly to: number; readonly isLast: boolean },
): string {
  const [, width = '', height = '', palette = '', body = ''] = sixelParts.exec(strip) ?? [];
  const end = Math.min(to, Number(height));
  const bands = body.replaceAll('\n', '').split('-');
  const first = Math.floor(from / bandPixels);
  const shift = from % bandPixels;
  const needed = (end - from) / bandPixels;
  const count = end === Number(height) && !isLast ? Math.ceil(needed) : Math.floor(needed);
  const cropped = Array.from({ length: Math.max(0, count) }, (_, index) => {
    const [upper = '', lower = ''] = bands.slice(first + index, first + index + 2);
    return shift === 0 ? upper : shifted(upper, -shift) + '$' + shifted(lower, bandPixels - shift);
  });
  const pixels = Math.min(count * bandPixels, end - from);
  return `\x1bP0;1;q"1;1;${width};${pixels}${palette}${cropped.join('-')}\x1b\\`;
}

const noPixels = 0x3f;

/** Moves the pixels of a band down (up, if negative). Colours and repeats are below `?`, the first sixel. */
function shifted(band: string, by: number): string {
  const bytes = Buffer.from(band, 'latin1');
  for (const [at, byte] of bytes.entries()) {
    if (byte < noPixels) continue;
    const pixels = byte - noPixels;
    bytes[at] = noPixels + (by < 0 ? pixels >> -by : (pixels << by) & 0x3f);
  }
  return bytes.toString('latin1');
}
