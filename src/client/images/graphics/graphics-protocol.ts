import type { PixelSize } from '../../../shared/png.js';
import type { ColourDepth } from '../../terminal/colour/colour-depth.js';
import type { CellPixels, CellSize } from './image-renderer.js';

/** What `--images` may say. */
export const imageModes = ['auto', 'kitty', 'iterm2', 'sixel', 'blocks', 'off'] as const;

/** One of `imageModes`. */
export type ImageMode = (typeof imageModes)[number];

/** How images are shown; `off`: as captions only. */
export type GraphicsProtocol = Exclude<ImageMode, 'auto'>;

/** What a terminal answered to `graphicsQuery`. */
export type GraphicsReplies = {
  /** It speaks the kitty graphics protocol, in whatever version. */
  readonly kitty: boolean;
  readonly sixel: boolean;
  /** Its name and version, such as `kitty(0.35.2)` or `WezTerm 20240203`. */
  readonly name: string | undefined;
  readonly cellPixels: CellPixels | undefined;
  /** The largest sixel image that it shows, in pixels: the whole screen, in most terminals. */
  readonly sixelArea: PixelSize | undefined;
  /** The last question has been answered: no more replies will come. */
  readonly complete: boolean;
};

/** Before the first reply, and all there is where a terminal never answers. */
export const noReplies: GraphicsReplies = {
  kitty: false,
  sixel: false,
  name: undefined,
  cellPixels: undefined,
  sixelArea: undefined,
  complete: false,
};

// Any number will do; it comes back in the reply.
const queryId = 31;

/**
 * Asks for name, kitty protocol, size of a cell and of the sixel area in pixels and device attributes. Every terminal answers the last
 * question, and in order, so its answer ends the waiting.
 */
export const graphicsQuery = `\x1b[>q\x1b_Gi=${queryId},s=1,v=1,a=q,t=d,f=24;AAAA\x1b\\\x1b[16t\x1b[?2;1;0S\x1b[c`;

/** What is known after one more reply, given as the sequence that came. Foreign sequences change nothing. */
export function readGraphicsReply(known: GraphicsReplies, sequence: string): GraphicsReplies {
  // iTerm2 leaves the number out.
  if (/^\x1b_G[^;]*;OK\x1b\\$/.test(sequence)) return { ...known, kitty: true };
  const name = /^\x1bP>\|([ -~]{1,100})\x1b\\$/.exec(sequence)?.[1];
  if (name !== undefined) return { ...known, name };
  const [, height, width] = /^\x1b\[6;(\d{1,4});(\d{1,4})t$/.exec(sequence) ?? [];
  if (height !== undefined && width !== undefined) {
    const cellPixels = { width: Number(width), height: Number(height) };
    return isCell(cellPixels) ? { ...known, cellPixels } : known;
  }
  const [, areaWidth, areaHeight] = /^\x1b\[\?2;0;(\d{1,5});(\d{1,5})S$/.exec(sequence) ?? [];
  if (areaWidth !== undefined && areaHeight !== undefined) {
    return { ...known, sixelArea: { width: Number(areaWidth), height: Number(areaHeight) } };
  }
  const attributes = /^\x1b\[\?([\d;]*)c$/.exec(sequence)?.[1];
  if (attributes === undefined) return known;
  return { ...known, sixel: attributes.split(';').includes('4'), complete: true };
}

/**
 * How to show images. A protocol that the user names is believed. By itself it takes only what is known to
 * work: the placeholders of kitty 0.28 and later and of Ghostty, since other terminals that speak kitty's
 * protocol lack them; then iTerm2's, then sixel. tmux answers for itself and hides what is around it.
 */
export function chooseProtocol(
  mode: ImageMode,
  depth: ColourDepth,
  replies: GraphicsReplies,
  env: Readonly<Record<string, string | undefined>>,
): GraphicsProtocol {
  const blocks = depth === 'none' ? 'off' : 'blocks';
  if (mode === 'blocks') return blocks;
  if (mode !== 'auto') return mode;
  if (depth === 'none') return 'off';
  if (replies.kitty && hasPlaceholders(replies.name ?? '')) return 'kitty';
  if (!isInTmux(env) && hasIterm2Images(replies.name ?? '', env)) return 'iterm2';
  if (replies.sixel && replies.cellPixels && textErasesSixels(replies.name ?? '')) return 'sixel';
  return blocks;
}

// xterm shows no larger ones (its resource maxGraphicSize): then the area is not the screen.
const xtermLimit = 1000;

/** The size of a cell: as the terminal reported it, else from the sixel area if that is the screen of so many cells. */
export function cellPixelsOf(
  { cellPixels, sixelArea }: GraphicsReplies,
  { columns, rows }: CellSize,
): CellPixels | undefined {
  if (cellPixels || !sixelArea) return cellPixels;
  if (sixelArea.width === xtermLimit || sixelArea.height === xtermLimit) return undefined;
  const cell = { width: sixelArea.width / columns, height: sixelArea.height / rows };
  return Number.isInteger(cell.width) && Number.isInteger(cell.height) && isCell(cell) ? cell : undefined;
}

/** True inside tmux. */
export function isInTmux(env: Readonly<Record<string, string | undefined>>): boolean {
  return Boolean(env.TMUX);
}

/** Whether text that is written over a sixel image takes its place. Konsole (25.04) continues showing the image. */
export function textErasesSixels(terminal: string): boolean {
  return !/^Konsole/i.test(terminal);
}

function hasPlaceholders(name: string): boolean {
  const [, major = '0', minor = '0'] = /^kitty\((\d+)\.(\d+)/i.exec(name) ?? [];
  return /^ghostty/i.test(name) || Number(major) > 0 || Number(minor) >= 28;
}

function hasIterm2Images(name: string, env: Readonly<Record<string, string | undefined>>): boolean {
  return /^(iTerm2|WezTerm)/i.test(name) || env.TERM_PROGRAM === 'iTerm.app' || env.LC_TERMINAL === 'iTerm2';
}

/** Nothing that a screen could have would be smaller or larger. */
function isCell({ width, height }: CellPixels): boolean {
  return Math.min(width, height) >= 2 && Math.max(width, height) <= 200;
}
