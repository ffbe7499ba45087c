import type { Background } from '../../terminal/colour/background.js';
import type { ColourDepth } from '../../terminal/colour/colour-depth.js';
import { type Colour, cubeIndex } from '../../terminal/colour/style.js';

/** The colours of the screen. Texts have the terminal's own colour. */
export type Theme = {
  /** Easy to distinguish from each other. */
  readonly names: readonly Colour[];
  /** For good, intermediate and bad states. */
  readonly good: Colour;
  readonly waiting: Colour;
  readonly bad: Colour;
  /** For notices and attachments. */
  readonly note: Colour;
};

/** The theme for a background (undefined: unknown) and a number of colours. */
export function themeFor(background: Background | undefined, depth: ColourDepth): Theme {
  const themes = depth === '16' ? namedThemes : richThemes;
  return themes[background ?? 'unknown'];
}

type Themes = Readonly<Record<Background | 'unknown', Theme>>;

const rgb = (red: number, green: number, blue: number): Colour => ({ red, green, blue });

/** Ten hues of one lightness. */
type Hues = Readonly<
  Record<
    'red' | 'orange' | 'yellow' | 'green' | 'teal' | 'sky' | 'blue' | 'violet' | 'pink' | 'brown',
    Colour
  >
>;

function richTheme(hues: Hues): Theme {
  const { green, orange, red, sky } = hues;
  return { names: Object.values(hues), good: green, waiting: orange, bad: red, note: sky };
}

/** `theme.test.ts` computes the contrasts. Uses the 256-colour cube where that is sufficient. */
const richThemes: Themes = {
  dark: richTheme({
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
  }),
  light: richTheme({
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
  }),
  // Of medium lightness, readable on dark and on light backgrounds.
  unknown: richTheme({
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
  }),
};

/** The terminal's own colours, which the user can change. Chosen by their default in xterm. */
const namedThemes: Themes = {
  dark: {
    names: ['green', 'yellow', 'cyan', 'magenta', 'brightRed', 'brightGreen', 'brightBlue', 'brightMagenta'],
    good: 'green',
    waiting: 'yellow',
    bad: 'brightRed',
    note: 'cyan',
  },
  light: {
    names: ['red', 'blue', 'magenta', 'brightBlue'],
    good: 'blue',
    waiting: 'magenta',
    bad: 'red',
    note: 'blue',
  },
  unknown: {
    names: ['red', 'magenta', 'brightBlue', 'brightRed', 'brightMagenta'],
    good: 'brightBlue',
    waiting: 'magenta',
    bad: 'red',
    note: 'brightBlue',
  },
};

/** The Ink notation of the colour that `style` uses. */
export function inkColour(colour: Colour, depth: ColourDepth): string {
  // Ink uses chalk's names for bright colours.
  if (typeof colour === 'string')
    return colour.replace(/^bright(.*)/, (_, rest: string) => `${rest.toLowerCase()}Bright`);
  if (depth === '256') return `ansi256(${cubeIndex(colour)})`;
  return `rgb(${colour.red}, ${colour.green}, ${colour.blue})`;
}
