import type { ColourDepth } from './colour-depth.js';
import type { Rgb } from './terminal-colours.js';

export const namedColours = [
  'black',
  'red',
  'green',
  'yellow',
  'blue',
  'magenta',
  'cyan',
  'white',
  'brightBlack',
  'brightRed',
  'brightGreen',
  'brightYellow',
  'brightBlue',
  'brightMagenta',
  'brightCyan',
  'brightWhite',
] as const;

/** A colour that the user can change in the terminal's settings. */
export type NamedColour = (typeof namedColours)[number];

/** A colour of the terminal's theme, or a fixed one. */
export type Colour = NamedColour | Rgb;

/** How a text looks; a colour that is undefined is the terminal's own. */
export type TextStyle = {
  readonly colour?: Colour | undefined;
  readonly background?: Colour | undefined;
  readonly bold?: boolean;
  readonly italic?: boolean;
  readonly underline?: boolean;
  readonly inverse?: boolean;
};

/** Ends in the default style, so styles do not nest. Depth `none` drops colours only, as `NO_COLOR` asks. */
export function style(text: string, look: TextStyle, depth: ColourDepth): string {
  const codes = styleCodes(look, depth);
  return text === '' || codes.length === 0 ? text : `\x1b[${codes.join(';')}m${text}\x1b[m`;
}

function styleCodes(look: TextStyle, depth: ColourDepth): string[] {
  const codes: string[] = [];
  if (look.bold) codes.push('1');
  if (look.italic) codes.push('3');
  if (look.underline) codes.push('4');
  if (look.inverse) codes.push('7');
  if (depth === 'none') return codes;
  if (look.colour !== undefined) codes.push(colourCode(look.colour, depth, 30));
  if (look.background !== undefined) codes.push(colourCode(look.background, depth, 40));
  return codes;
}

function colourCode(colour: Colour, depth: Exclude<ColourDepth, 'none'>, base: 30 | 40): string {
  if (typeof colour === 'string') return namedCode(namedColours.indexOf(colour), base);
  if (depth === 'truecolor') {
    return [base + 8, 2, colour.red, colour.green, colour.blue]
      .map((part) => String(Math.round(part)))
      .join(';');
  }
  if (depth === '256') return `${base + 8};5;${paletteIndex(colour)}`;
  return namedCode(nearestNamed(colour), base);
}

function namedCode(index: number, base: 30 | 40): string {
  return String(index < 8 ? base + index : base + 60 + index - 8);
}

/** The steps of each part in the colour cube of the 256-colour palette (xterm, 256colres.h). */
const cubeSteps = [0, 95, 135, 175, 215, 255] as const;
/** From each on, the next step is nearer. */
const stepMiddles = cubeSteps.slice(1).map((step, index) => ((cubeSteps[index] ?? 0) + step) / 2);
const greys = 24;

/** The index of the colour of the 256-colour palette that is nearest: in the cube, or in the greys after it. */
export function paletteIndex(colour: Rgb): number {
  const cube = 16 + 36 * nearestStep(colour.red) + 6 * nearestStep(colour.green) + nearestStep(colour.blue);
  const level = (colour.red + colour.green + colour.blue) / 3;
  const grey = 232 + Math.max(0, Math.min(greys - 1, Math.round((level - 8) / 10)));
  return distance(paletteColour(grey), colour) < distance(paletteColour(cube), colour) ? grey : cube;
}

/** The colour of an index from 16. */
export function paletteColour(index: number): Rgb {
  if (index >= 232) {
    const level = 8 + 10 * (index - 232);
    return { red: level, green: level, blue: level };
  }
  const step = (divisor: number) => cubeSteps[Math.floor((index - 16) / divisor) % 6] ?? 0;
  return { red: step(36), green: step(6), blue: step(1) };
}

function distance(one: Rgb, other: Rgb): number {
  return (one.red - other.red) ** 2 + (one.green - other.green) ** 2 + (one.blue - other.blue) ** 2;
}

function nearestStep(part: number): number {
  const next = stepMiddles.findIndex((middle) => part <= middle);
  return next < 0 ? stepMiddles.length : next;
}

function nearestNamed({ red, green, blue }: Rgb): number {
  const strongest = Math.max(red, green, blue);
  if (strongest < 48) return 0;
  const isOn = (part: number) => (part >= strongest / 2 ? 1 : 0);
  const hue = isOn(red) + 2 * isOn(green) + 4 * isOn(blue);
  return strongest > 192 ? hue + 8 : hue;
}
