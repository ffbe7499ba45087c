import type { ColourDepth } from '../../terminal/colour/colour-depth.js';
import type { BlockDepth } from '../process/image-job.js';
import type { ImageProcess } from '../process/image-process.js';
import {
  chooseProtocol,
  isInTmux,
  type GraphicsProtocol,
  type GraphicsReplies,
  type ImageMode,
} from './graphics-protocol.js';
import {
  defaultCellRatio,
  type ImageScale,
  defaultCellPixels,
  type ImageRenderer,
  type CellPixels,
} from './image-renderer.js';
import { kittyRenderer } from './kitty.js';
import { sixelRenderer } from './sixel.js';

/** How images are shown on this terminal. */
export type Graphics = {
  readonly protocol: GraphicsProtocol;
  readonly renderer: ImageRenderer | undefined;
  readonly scale: ImageScale;
};

// Small for sixel, which counts in pixels: an image for larger cells would cover text.
const assumedCells = {
  kitty: defaultCellPixels,
  iterm2: defaultCellPixels,
  sixel: { width: 6, height: 12 },
  blocks: undefined,
  off: undefined,
} as const;

type GraphicsFacts = {
  readonly imageProcess: ImageProcess;
  readonly mode: ImageMode;
  readonly depth: ColourDepth;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly replies: GraphicsReplies;
};

/** Chooses the best way to show images from what is known. */
export function chooseGraphics(
  { imageProcess, mode, depth, env, replies }: GraphicsFacts,
  random: () => number,
): Graphics {
  const protocol = chooseProtocol(mode, depth, replies, env);
  const { cellPixels = assumedCells[protocol] } = replies;
  return {
    protocol,
    renderer: createRenderer(protocol, { imageProcess, depth, cellPixels, tmux: isInTmux(env), random }),
    scale: {
      cellRatio: cellPixels ? cellPixels.height / cellPixels.width : defaultCellRatio,
      columnPixels: protocol === 'blocks' ? 1 : (cellPixels?.width ?? 1),
    },
  };
}

type RendererOptions = {
  readonly imageProcess: ImageProcess;
  readonly depth: ColourDepth;
  readonly cellPixels?: CellPixels | undefined;
  readonly tmux: boolean;
  readonly random: () => number;
};

/** Undefined if images are shown as captions only. */
function createRenderer(
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
