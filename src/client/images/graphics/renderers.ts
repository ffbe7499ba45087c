import type { ColourDepth } from '../../terminal/colour/colour-depth.js';
import type { BlockDepth } from '../process/image-job.js';
import type { ImageProcess } from '../process/image-process.js';
import type { GraphicsProtocol } from './graphics-protocol.js';
import { defaultCellPixels, encodeForTerminal } from './image-for-terminal.js';
import type { CellPixels, ImageRenderer } from './image-renderer.js';
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

/** iTerm2, WezTerm and mintty. An image is sent whole each time it is drawn, so a large one becomes a JPEG. */
export function iterm2Renderer(imageProcess: ImageProcess, cellPixels: CellPixels): ImageRenderer {
  return {
    async render(bytes, cells) {
      const payload = await encodeForTerminal(imageProcess, 'smallest', bytes, cells, cellPixels);
      const size = Buffer.byteLength(payload, 'base64');
      const options = `inline=1;size=${size};width=${cells.columns};height=${cells.rows};preserveAspectRatio=0`;
      const drawn = `\x1b]1337;File=${options};doNotMoveCursor=1:${payload}\x07`;
      return {
        rows: Array<string>(cells.rows).fill(' '.repeat(cells.columns)),
        columns: cells.columns,
        parts: [{ row: 0, rows: cells.rows, bytes: drawn }],
      };
    },
  };
}
