import { foldText } from '../../../shared/fold-text.js';
import type { ColourDepth } from '../../terminal/colour/colour-depth.js';
import {
  contrast,
  mix,
  type Rgb,
  type Background,
  brightnessOf,
  type TerminalColours,
} from '../../terminal/colour/terminal-colours.js';
import {
  type Colour,
  type NamedColour,
  namedColours,
  paletteColour,
  paletteIndex,
  type TextStyle,
} from '../../terminal/colour/style.js';

/** The colours of the screen; undefined is the colour of the terminal's own text, which most texts have. */
export type Theme = {
  /** Easy to distinguish from each other. */
  readonly names: readonly TextStyle[];
  /** For good states, for intermediate ones and warnings, and for bad ones and errors. */
  readonly good: Colour | undefined;
  readonly waiting: Colour | undefined;
  readonly bad: Colour | undefined;
  /** For notices and attachments. */
  readonly note: Colour | undefined;
  /** For secondary text: times, captions, hints. */
  readonly faint: Colour | undefined;
  /** For borders and rules. */
  readonly line: Colour | undefined;
};

/** WCAG 2.2 requires 4.5 for text, and 3 for symbols and borders. */
const textContrast = 4.5;
const lineContrast = 3;
// Schemes with little contrast, such as Solarized, would otherwise have no fainter text at all.
const faintShare = 0.65;

const black: Rgb = { red: 0, green: 0, blue: 0 };
const white: Rgb = { red: 255, green: 255, blue: 255 };

/** The theme for the colours of a terminal. */
export function themeFor(colours: TerminalColours, depth: ColourDepth): Theme {
  return depth === '16' ? namedTheme(colours) : richTheme(colours, depth);
}

/** The same name has the same look on every terminal with the same colours. */
export function nameStyle(name: string, { names }: Theme): TextStyle {
  const characters = Array.from(foldText(name));
  const last = characters.pop() ?? '';
  let hash = 0x811c9dc5;
  // FNV-1a, which spreads similar names well.
  for (const character of characters)
    hash = Math.imul(hash ^ (character.codePointAt(0) ?? 0), 0x01000193) >>> 0;
  // The last character is added, so that user1 to user5 have different colours.
  return names[(hash + (last.codePointAt(0) ?? 0)) % names.length] ?? { bold: true };
}

/** The Ink notation of the colour that `style` uses. */
export function inkColour(colour: Colour, depth: ColourDepth): string {
  // Ink uses chalk's names for bright colours.
  if (typeof colour === 'string')
    return colour.replace(/^bright(.*)/, (_, rest: string) => `${rest.toLowerCase()}Bright`);
  if (depth === '256') return `ansi256(${paletteIndex(colour)})`;
  return `rgb(${colour.red}, ${colour.green}, ${colour.blue})`;
}

const rgb = (red: number, green: number, blue: number): Rgb => ({ red, green, blue });

/** Ten hues of one lightness. */
type Hues = Readonly<
  Record<'red' | 'orange' | 'yellow' | 'green' | 'teal' | 'sky' | 'blue' | 'violet' | 'pink' | 'brown', Rgb>
>;

// Neighbours differ much, since numbered names have neighbouring colours.
const nameOrder = [
  ...(['green', 'violet', 'orange', 'sky', 'pink'] as const),
  ...(['yellow', 'blue', 'red', 'teal', 'brown'] as const),
];

/** Uses the 256-colour cube where that is sufficient. */
const hues: Readonly<Record<Background | 'unknown', Hues>> = {
  dark: {
    red: rgb(255, 135, 135),
    orange: rgb(255, 175, 95),
    yellow: rgb(215, 215, 95),
    green: rgb(135, 215, 95),
    teal: rgb(95, 215, 175),
    sky: rgb(95, 215, 255),
    blue: rgb(135, 175, 255),
    violet: rgb(175, 135, 255),
    pink: rgb(255, 135, 215),
    brown: rgb(215, 175, 135),
  },
  light: {
    red: rgb(175, 0, 0),
    orange: rgb(135, 95, 0),
    yellow: rgb(95, 95, 0),
    green: rgb(0, 95, 0),
    teal: rgb(0, 95, 95),
    sky: rgb(0, 95, 135),
    blue: rgb(0, 0, 215),
    violet: rgb(95, 0, 175),
    pink: rgb(175, 0, 135),
    brown: rgb(95, 0, 0),
  },
  // Of medium lightness: at least 3 on black and on white.
  unknown: {
    red: rgb(205, 70, 70),
    orange: rgb(190, 100, 20),
    yellow: rgb(140, 120, 0),
    green: rgb(60, 140, 60),
    teal: rgb(0, 140, 130),
    sky: rgb(20, 130, 190),
    blue: rgb(95, 110, 225),
    violet: rgb(150, 90, 210),
    pink: rgb(200, 70, 160),
    brown: rgb(150, 105, 75),
  },
};

/** The backgrounds to be readable on if only the brightness is known, from editors and distributions. */
const usualBackgrounds: Readonly<Record<Background, readonly Rgb[]>> = {
  dark: [black, rgb(46, 52, 64)],
  light: [white, rgb(238, 232, 213)],
};

// At 4.5 on black and on white.
const middleGrey = rgb(118, 118, 118);

function richTheme(colours: TerminalColours, depth: ColourDepth): Theme {
  const brightness = brightnessOf(colours);
  const shown = (colour: Rgb) => (depth === '256' ? paletteColour(paletteIndex(colour)) : colour);
  const based = hues[brightness ?? 'unknown'];
  if (!brightness) {
    const { green, orange, red, sky } = based;
    const meanings = { good: green, waiting: orange, bad: red, note: sky };
    return {
      ...meanings,
      names: nameOrder.map((hue) => ({ colour: based[hue], bold: true })),
      faint: middleGrey,
      line: middleGrey,
    };
  }
  const behind = colours.background ? [colours.background] : usualBackgrounds[brightness];
  const end = lowestContrast(white, behind) > lowestContrast(black, behind) ? white : black;
  const readable = (colour: Rgb) => mixed(colour, end, behind, textContrast, shown) ?? end;
  const own = colours.foreground ?? end;
  const ownContrast = lowestContrast(own, behind);
  /** The colour with the least contrast of at least `least`, if it has no more than the text. */
  const faintestOf = (candidates: readonly Rgb[], least: number): Rgb | undefined => {
    const contrasts = candidates.map((colour) => ({ colour, reached: lowestContrast(colour, behind) }));
    const [faintest] = contrasts
      .filter(({ reached }) => reached >= least && (reached < ownContrast || depth !== '256'))
      .sort((one, other) => one.reached - other.reached);
    return faintest?.colour;
  };
  const faintest = (wanted: number) => {
    const reachable = Math.max(lineContrast, ownContrast * faintShare);
    const least = Math.min(wanted, reachable);
    const mixes = steps.map((share) => shown(mix(behind.at(-1) ?? end, own, share)));
    return faintestOf(mixes, least) ?? (depth === '256' ? faintestOf(greys, least) : undefined);
  };
  return {
    names: nameOrder.map((hue) => ({ colour: readable(based[hue]), bold: true })),
    good: readable(based.green),
    waiting: readable(brightness === 'dark' ? based.yellow : based.orange),
    bad: readable(based.red),
    note: readable(based.sky),
    faint: faintest(textContrast),
    line: faintest(lineContrast),
  };
}

/** Shares of a mix, from none to all. */
const steps = Array.from({ length: 41 }, (_, step) => step / 40);

/** The grey ramp of the 256 colours, whose mixes do not grow in contrast evenly. */
const greys = Array.from({ length: 24 }, (_, index) => paletteColour(232 + index));

/** The first colour on the way from `from` to `to` with a contrast of `wanted` to all of `behind`, if there is one. */
function mixed(
  from: Rgb,
  to: Rgb,
  behind: readonly Rgb[],
  wanted: number,
  shown: (colour: Rgb) => Rgb,
): Rgb | undefined {
  for (const share of steps) {
    const colour = shown(mix(from, to, share));
    if (lowestContrast(colour, behind) >= wanted) return colour;
  }
  return undefined;
}

function lowestContrast(colour: Rgb, behind: readonly Rgb[]): number {
  return Math.min(...behind.map((background) => contrast(colour, background)));
}

/** The sixteen colours of xterm (XTerm-col.ad), for terminals that do not report their own. */
const xtermPalette: Readonly<Record<NamedColour, Rgb>> = {
  black,
  red: rgb(205, 0, 0),
  green: rgb(0, 205, 0),
  yellow: rgb(205, 205, 0),
  blue: rgb(0, 0, 238),
  magenta: rgb(205, 0, 205),
  cyan: rgb(0, 205, 205),
  white: rgb(229, 229, 229),
  brightBlack: rgb(127, 127, 127),
  brightRed: rgb(255, 0, 0),
  brightGreen: rgb(0, 255, 0),
  brightYellow: rgb(255, 255, 0),
  brightBlue: rgb(92, 92, 255),
  brightMagenta: rgb(255, 0, 255),
  brightCyan: rgb(0, 255, 255),
  brightWhite: white,
};

const namedHues: readonly (readonly [NamedColour, NamedColour])[] = [
  ['green', 'brightGreen'],
  ['yellow', 'brightYellow'],
  ['cyan', 'brightCyan'],
  ['magenta', 'brightMagenta'],
  ['red', 'brightRed'],
  ['blue', 'brightBlue'],
];
const [greens, yellows, cyans, magentas, reds, blues] = namedHues;

const namedGreys: readonly NamedColour[] = ['brightBlack', 'white', 'black', 'brightWhite'];
const enoughNames = 5;

/** Only colours that the user can change; those that are unreadable are not used. */
function namedTheme(colours: TerminalColours): Theme {
  const brightness = brightnessOf(colours);
  const usual = brightness ? usualBackgrounds[brightness].slice(0, 1) : [black, white];
  const behind = colours.background ? [colours.background] : usual;
  const contrastOf = (name: NamedColour) =>
    lowestContrast(colours.palette[namedColours.indexOf(name)] ?? xtermPalette[name], behind);
  const isReadable = (name: NamedColour) => contrastOf(name) >= lineContrast;
  const clearer = ([plain, bright]: readonly [NamedColour, NamedColour]) =>
    contrastOf(plain) >= textContrast || contrastOf(plain) >= contrastOf(bright) ? plain : bright;
  const firstOf = (...wanted: readonly (readonly [NamedColour, NamedColour] | undefined)[]) =>
    wanted.flatMap((pair) => (pair ? [clearer(pair)] : [])).find(isReadable);
  const byHue = namedHues.map(clearer).filter(isReadable);
  const others = namedHues.flat().filter((name) => isReadable(name) && !byHue.includes(name));
  const own = colours.foreground ? lowestContrast(colours.foreground, behind) : Infinity;
  const [faint] = namedGreys
    .filter((name) => isReadable(name) && contrastOf(name) < own)
    .sort((one, other) => contrastOf(one) - contrastOf(other));
  return {
    // Many terminals show bold colours as bright ones, so that the others would not differ if they were bold.
    names: (byHue.length >= enoughNames ? byHue : [...byHue, ...others]).map((colour) => ({
      colour,
      bold: colour.startsWith('bright'),
    })),
    good: firstOf(greens, cyans, blues),
    waiting: firstOf(yellows, magentas),
    bad: firstOf(reds, magentas),
    note: firstOf(cyans, blues),
    faint,
    line: faint,
  };
}
