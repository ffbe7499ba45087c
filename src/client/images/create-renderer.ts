import type { ColourDepth } from '../terminal/colour/colour-depth.js';
import type { GraphicsProtocol } from './graphics-protocol.js';
import { halfBlockRenderer } from './half-blocks.js';
import type { CellPixels, ImageRenderer } from './image-renderer.js';
import { iterm2Renderer } from './iterm2.js';
import { kittyRenderer } from './kitty.js';
import { defaultCellPixels } from './picture-for-terminal.js';
import { sixelRenderer } from './sixel.js';

/** What the renderers must know of the terminal. */
export type RendererOptions = {
  readonly depth: ColourDepth;
  readonly cellPixels?: CellPixels | undefined;
  readonly tmux: boolean;
  readonly random: () => number;
};

/** The renderer for a protocol; undefined where pictures are shown as captions only. */
export function createRenderer(
  protocol: GraphicsProtocol,
  { depth, cellPixels = defaultCellPixels, tmux, random }: RendererOptions,
): ImageRenderer | undefined {
  switch (protocol) {
    case 'kitty':
      return kittyRenderer({ cellPixels, tmux, random });
    case 'iterm2':
      return iterm2Renderer(cellPixels);
    case 'sixel':
      return sixelRenderer({ cellPixels, tmux });
    case 'blocks':
      return depth === 'none' ? undefined : halfBlockRenderer(depth);
    case 'off':
      return undefined;
  }
}
