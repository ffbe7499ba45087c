import type { ColourDepth } from '../../terminal/colour/colour-depth.js';
import type { BlockDepth } from '../process/image-job.js';
import type { ImageProcess } from '../process/image-process.js';
import type { GraphicsProtocol } from './graphics-protocol.js';
import { type CellPixels, defaultCellPixels, type ImageRenderer } from './image-renderer.js';
import { kittyRenderer } from './kitty.js';
import { sixelRenderer } from './sixel.js';

type RendererOptions = {
  readonly imageProcess: ImageProcess;
  readonly depth: ColourDepth;
  readonly cellPixels?: CellPixels | undefined;
  readonly tmux: boolean;
  readonly random: () => number;
};

/** Undefined if images are shown as captions only. */
export function createRenderer(
  protocol: GraphicsProtocol,
  { imageProcess, depth, cellPixels = defaultCellPixels, tmux, random }: RendererOptions,
): ImageRenderer | undefined {
  switch (protocol) {
    case 'kitty':
      return kittyRenderer({ imageProcess, cellPixels, tmux, random });
    case 'iterm2':
      return iterm2Renderer(imageProcess, cellPixels);
    case 'sixel':
      return sixelRenderer({ imageProcess, cellPixels, tmux });
    case 'blocks':
      return depth === 'none' ? undefined : halfBlockRenderer(imageProcess, depth);
    case 'off':
      return undefined;
  }
}

export function halfBlockRenderer(imageProcess: ImageProcess, depth: BlockDepth): ImageRenderer {
  return {
    async render(bytes, cells) {
      const drawn = await imageProcess.run({ kind: 'half-blocks', ...cells, depth }, bytes);
      return { rows: Buffer.from(drawn.bytes).toString().split('\n'), columns: cells.columns };
    },
  };
}

/** iTerm2, WezTerm and mintty. Sent each time it is drawn, row by row, so a large image becomes JPEGs. */
export function iterm2Renderer(imageProcess: ImageProcess, cellPixels: CellPixels): ImageRenderer {
  return {
    async render(bytes, cells) {
      const { columns, rows } = cells;
      const size = { width: columns * cellPixels.width, height: rows * cellPixels.height };
      const drawn = await imageProcess.run({ kind: 'smallest', ...size, strips: rows }, bytes);
      return {
        rows: Array<string>(rows).fill(' '.repeat(columns)),
        columns,
        parts: Buffer.from(drawn.bytes)
          .toString('latin1')
          .split('\n')
          .map((strip, row) => ({ row, rows: 1, bytes: inlineImage(strip, columns) })),
      };
    },
  };
}

function inlineImage(base64: string, columns: number): string {
  const size = Buffer.byteLength(base64, 'base64');
  const options = `inline=1;size=${size};width=${columns};height=1;preserveAspectRatio=0;doNotMoveCursor=1`;
  return `\x1b]1337;File=${options}:${base64}\x07`;
}
