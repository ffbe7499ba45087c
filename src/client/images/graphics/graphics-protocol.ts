import type { PixelSize } from '../../../shared/png.js';
import type { ColourDepth } from '../../terminal/colour/colour-depth.js';
import type { CellPixels, CellSize } from './image-renderer.js';

export const imageModes = ['auto', 'kitty', 'iterm2', 'sixel', 'blocks', 'off'] as const;

/** A value of `--images`. */
export type ImageMode = (typeof imageModes)[number];

/** How images are shown; `off`: captions only. */
export type GraphicsProtocol = Exclude<ImageMode, 'auto'>;

/** The answers to `graphicsQuery` so far. */
export type GraphicsReplies = {
  readonly kitty: boolean;
  readonly sixel: boolean;
  /** Name and version, such as `kitty(0.35.2)` or `WezTerm 20240203`. */
  readonly name: string | undefined;
  readonly cellPixels: CellPixels | undefined;
  /** The largest sixel image in pixels; in most terminals the whole screen. */
  readonly sixelArea: PixelSize | undefined;
  readonly complete: boolean;
};

export const noReplies: GraphicsReplies = {
  kitty: false,
  sixel: false,
  name: undefined,
  cellPixels: undefined,
  sixelArea: undefined,
  complete: false,
};

const queryId = 31;

/** Name, kitty protocol, cell size, sixel area, device attributes. Every terminal answers the last, and in order. */
export const graphicsQuery = `\x1b[>q\x1b_Gi=${queryId},s=1,v=1,a=q,t=d,f=24;AAAA\x1b\\\x1b[16t\x1b[?2;1;0S\x1b[c`;

/** Adds one reply; other sequences change nothing. */
export function readGraphicsReply(known: GraphicsReplies, sequence: string): GraphicsReplies {
  // iTerm2 leaves the number out.
  if (/^\x1b_G[^;]*;OK\x1b\\$/.test(sequence)) return { ...known, kitty: true };
  const name = /^\x1bP>\|([ -~]{1,100})\x1b\\$/.exec(sequence)?.[1];
  if (name !== undefined) return { ...known, name };
  const [, height, width] = /^\x1b\[6;(\d{1,4});(\d{1,4})t$/.exec(sequence) ?? [];
  if (height !== undefined && width !== undefined) {
    const cellPixels = { width: Number(width), height: Number(height) };
    return isPlausibleCell(cellPixels) ? { ...known, cellPixels } : known;
  }
  const [, areaWidth, areaHeight] = /^\x1b\[\?2;0;(\d{1,5});(\d{1,5})S$/.exec(sequence) ?? [];
  if (areaWidth !== undefined && areaHeight !== undefined) {
    return { ...known, sixelArea: { width: Number(areaWidth), height: Number(areaHeight) } };
  }
  const attributes = /^\x1b\[\?([\d;]*)c$/.exec(sequence)?.[1];
  if (attributes === undefined) return known;
  return { ...known, sixel: attributes.split(';').includes('4'), complete: true };
}

/** `auto` uses only protocols that are known to work. tmux answers for itself and hides the outer terminal. */
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

// The limit of xterm (resource maxGraphicSize): the area may then not be the screen.
const maxXtermPixels = 1000;

/** Falls back to the sixel area if that is the whole screen. */
export function cellPixelsOf(
  { cellPixels, sixelArea }: GraphicsReplies,
  { columns, rows }: CellSize,
): CellPixels | undefined {
  if (cellPixels || !sixelArea) return cellPixels;
  if (sixelArea.width === maxXtermPixels || sixelArea.height === maxXtermPixels) return undefined;
  const cell = { width: sixelArea.width / columns, height: sixelArea.height / rows };
  return Number.isInteger(cell.width) && Number.isInteger(cell.height) && isPlausibleCell(cell)
    ? cell
    : undefined;
}

export function isInTmux(env: Readonly<Record<string, string | undefined>>): boolean {
  return Boolean(env.TMUX);
}

/** Konsole (25.04) keeps showing a sixel image after text is written over it. */
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

function isPlausibleCell({ width, height }: CellPixels): boolean {
  return Math.min(width, height) >= 2 && Math.max(width, height) <= 200;
}
