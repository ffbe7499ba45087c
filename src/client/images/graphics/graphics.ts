import type { ColourDepth } from '../../terminal/colour/colour-depth.js';
import { defaultCellRatio, type ImageScale } from './fit-cells.js';
import {
  chooseProtocol,
  isInTmux,
  type GraphicsProtocol,
  type GraphicsReplies,
  type ImageMode,
} from './graphics-protocol.js';
import { defaultCellPixels } from './image-for-terminal.js';
import type { ImageRenderer } from './image-renderer.js';
import { createRenderer } from './renderers.js';

/** How images are shown on this terminal. */
export type Graphics = {
  readonly protocol: GraphicsProtocol;
  /** Undefined where images are shown as captions only. */
  readonly renderer: ImageRenderer | undefined;
  readonly scale: ImageScale;
};

// Sixel counts in pixels: an image made for larger cells than there are would lie over text.
const assumedCells = {
  kitty: defaultCellPixels,
  iterm2: defaultCellPixels,
  sixel: { width: 6, height: 12 },
  blocks: undefined,
  off: undefined,
} as const;

/** What decides how images are shown. */
export type GraphicsFacts = {
  readonly mode: ImageMode;
  readonly depth: ColourDepth;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly replies: GraphicsReplies;
};

/** How images are shown, by what is known. */
export function chooseGraphics({ mode, depth, env, replies }: GraphicsFacts, random: () => number): Graphics {
  const protocol = chooseProtocol(mode, depth, replies, env);
  const { cellPixels = assumedCells[protocol] } = replies;
  return {
    protocol,
    renderer: createRenderer(protocol, { depth, cellPixels, tmux: isInTmux(env), random }),
    scale: {
      cellRatio: cellPixels ? cellPixels.height / cellPixels.width : defaultCellRatio,
      // A half block is a pixel of its own; the terminals' protocols show an image's own pixels.
      columnPixels: protocol === 'blocks' ? 1 : (cellPixels?.width ?? 1),
    },
  };
}
