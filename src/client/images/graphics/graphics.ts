import type { ColourDepth } from '../../terminal/colour/colour-depth.js';
import { defaultCellRatio, type ImageScale } from './fit-cells.js';
import {
  chooseProtocol,
  isInTmux,
  type GraphicsProtocol,
  type GraphicsReplies,
  type ImageMode,
} from './graphics-protocol.js';
import { defaultCellPixels, type ImageRenderer } from './image-renderer.js';
import { createRenderer } from './renderers.js';
import type { ImageProcess } from '../process/image-process.js';

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
