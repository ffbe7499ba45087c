import type { ColourDepth } from './colour-depth.js';
import type { Rgb } from './contrast.js';

const namedColours = [
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

/** A colour of the terminal's theme, or a fixed one. */
export type Colour = (typeof namedColours)[number] | Rgb;

type TextStyle = {
  readonly colour?: Colour | undefined;
  readonly background?: Colour | undefined;
  readonly bold?: boolean;
  readonly dim?: boolean;
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
  if (look.dim) codes.push('2');
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
  if (depth === '256') return `${base + 8};5;${cubeIndex(colour)}`;
  return namedCode(nearestNamed(colour), base);
}

function namedCode(index: number, base: 30 | 40): string {
  return String(index < 8 ? base + index : base + 60 + index - 8);
}

/** The steps of each part in the colour cube of the 256-colour palette (xterm, 256colres.h). */
const cubeSteps = [0, 95, 135, 175, 215, 255] as const;

export function cubeIndex({ red, green, blue }: Rgb): number {
  return 16 + 36 * nearestStep(red) + 6 * nearestStep(green) + nearestStep(blue);
}

export function cubeColour({ red, green, blue }: Rgb): Rgb {
  const [r = 0, g = 0, b = 0] = [red, green, blue].map((part) => cubeSteps[nearestStep(part)] ?? 0);
  return { red: r, green: g, blue: b };
}

function nearestStep(part: number): number {
  const distances = cubeSteps.map((step) => Math.abs(step - part));
  return distances.indexOf(Math.min(...distances));
}

function nearestNamed({ red, green, blue }: Rgb): number {
  const strongest = Math.max(red, green, blue);
  if (strongest < 48) return 0;
  const isOn = (part: number) => (part >= strongest / 2 ? 1 : 0);
  const hue = isOn(red) + 2 * isOn(green) + 4 * isOn(blue);
  return strongest > 192 ? hue + 8 : hue;
}
