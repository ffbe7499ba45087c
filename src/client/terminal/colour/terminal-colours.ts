import type { ColourDepth } from './colour-depth.js';

/** The brightness of the terminal's background. */
export type Background = 'light' | 'dark';

/** What is known of the terminal's own colours. */
export type TerminalColours = {
  readonly background: Rgb | undefined;
  readonly foreground: Rgb | undefined;
  /** The reported ones of the colours 0 to 15. */
  readonly palette: Readonly<Record<number, Rgb>>;
  /** Known without an exact background. */
  readonly brightness: Background | undefined;
};

export const unknownColours: TerminalColours = {
  background: undefined,
  foreground: undefined,
  palette: {},
  brightness: undefined,
};

const paletteSize = 16;

/** xterm, "Operating System Commands", 4, 10 and 11. Terminals that do not support them do not answer. */
export function colourQuery(depth: ColourDepth): string {
  const palette = Array.from({ length: paletteSize }, (_, index) => `\x1b]4;${index};?\x1b\\`).join('');
  return `\x1b]10;?\x1b\\\x1b]11;?\x1b\\${depth === '16' ? palette : ''}`;
}

const reply = /^\x1b\](?:4;(\d{1,2})|(1[01]));rgba?:([0-9a-f]{1,4})\/([0-9a-f]{1,4})\/([0-9a-f]{1,4})/i;

/** The colours after a reply of the terminal; the same object if it says nothing new. */
export function withColourReply(colours: TerminalColours, sequence: string): TerminalColours {
  const found = reply.exec(sequence);
  if (!found) return colours;
  const [, index = '', role, ...digits] = found;
  const colour = colourOf(digits);
  if (role === '11') return isSame(colours.background, colour) ? colours : { ...colours, background: colour };
  if (role === '10') return isSame(colours.foreground, colour) ? colours : { ...colours, foreground: colour };
  if (Number(index) >= paletteSize || isSame(colours.palette[Number(index)], colour)) return colours;
  return { ...colours, palette: { ...colours.palette, [index]: colour } };
}

// The luminance at which black and white have equal contrast.
const middle = 0.18;

export function brightnessOf({ background, brightness }: TerminalColours): Background | undefined {
  if (!background) return brightness;
  return luminance(background) > middle ? 'light' : 'dark';
}

/** rxvt and Konsole set `COLORFGBG` (`15;0`, or `15;default;0`). */
export function backgroundOfEnvironment({
  COLORFGBG,
}: Readonly<Record<string, string | undefined>>): Background | undefined {
  const colour = /;(\d{1,2})$/.exec(COLORFGBG ?? '')?.[1];
  if (colour === undefined || Number(colour) > 15) return undefined;
  return Number(colour) === 7 || Number(colour) > 8 ? 'light' : 'dark';
}

/** One to four digits: `f` and `ffff` are both the maximum. */
function colourOf(parts: readonly string[]): Rgb {
  const [red = 0, green = 0, blue = 0] = parts.map((digits) =>
    Math.round((parseInt(digits, 16) / (16 ** digits.length - 1)) * 255),
  );
  return { red, green, blue };
}

function isSame(known: Rgb | undefined, { red, green, blue }: Rgb): boolean {
  return known?.red === red && known.green === green && known.blue === blue;
}

/** Each part is from 0 to 255. */
export type Rgb = { readonly red: number; readonly green: number; readonly blue: number };

/** From 0 (black) to 1 (white): WCAG 2.2, "relative luminance". */
export function luminance({ red, green, blue }: Rgb): number {
  const [r = 0, g = 0, b = 0] = [red, green, blue].map((part) => {
    const share = part / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

/** From 1 (equal) to 21 (black on white): WCAG 2.2, "contrast ratio". */
export function contrast(one: Rgb, other: Rgb): number {
  const [lower = 0, higher = 0] = [luminance(one), luminance(other)].sort((a, b) => a - b);
  return (higher + 0.05) / (lower + 0.05);
}

/** `share` of `other`, from 0 to 1, and the rest of `one`. */
export function mix(one: Rgb, other: Rgb, share: number): Rgb {
  const part = (a: number, b: number) => Math.round(a + (b - a) * share);
  return {
    red: part(one.red, other.red),
    green: part(one.green, other.green),
    blue: part(one.blue, other.blue),
  };
}
