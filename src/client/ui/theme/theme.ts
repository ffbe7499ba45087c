import type { Background } from '../../terminal/background.js';
import type { ColourDepth } from '../../terminal/colour-depth.js';
import type { Colour } from '../../terminal/style.js';

/** The colours of the screen. Texts have the terminal's own. */
export type Theme = {
  /** For names: far enough apart to be told from each other. */
  readonly names: readonly Colour[];
  /** How things stand: well, in between, badly. */
  readonly good: Colour;
  readonly waiting: Colour;
  readonly bad: Colour;
  /** What the program says, and what is attached. */
  readonly note: Colour;
};

/** The theme for a background, undefined where it is not known, in as many colours as there are. */
export function themeFor(background: Background | undefined, depth: ColourDepth): Theme {
  const themes = depth === '16' ? namedThemes : richThemes;
  return themes[background ?? 'unknown'];
}

type Themes = Readonly<Record<Background | 'unknown', Theme>>;

const rgb = (red: number, green: number, blue: number): Colour => ({ red, green, blue });

/** Contrasts: `theme.test.ts` computes them. Colours of the 256-colour cube where that is fine enough. */
const richThemes: Themes = {
  dark: {
    names: [
      rgb(255, 135, 135),
      rgb(255, 175, 95),
      rgb(215, 215, 95),
      rgb(135, 215, 95),
      rgb(95, 215, 175),
      rgb(95, 215, 255),
      rgb(135, 175, 255),
      rgb(175, 135, 255),
      rgb(255, 135, 215),
      rgb(215, 175, 135),
    ],
    good: rgb(135, 215, 95),
    waiting: rgb(255, 175, 95),
    bad: rgb(255, 135, 135),
    note: rgb(95, 215, 255),
  },
  light: {
    names: [
      rgb(175, 0, 0),
      rgb(135, 95, 0),
      rgb(95, 95, 0),
      rgb(0, 95, 0),
      rgb(0, 95, 95),
      rgb(0, 95, 135),
      rgb(0, 0, 215),
      rgb(95, 0, 175),
      rgb(175, 0, 135),
      rgb(95, 0, 0),
    ],
    good: rgb(0, 95, 0),
    waiting: rgb(135, 95, 0),
    bad: rgb(175, 0, 0),
    note: rgb(0, 95, 135),
  },
  // Of middle lightness: they read on both.
  unknown: {
    names: [
      rgb(205, 70, 70),
      rgb(190, 100, 20),
      rgb(140, 120, 0),
      rgb(60, 140, 60),
      rgb(0, 140, 130),
      rgb(20, 130, 190),
      rgb(95, 110, 225),
      rgb(150, 90, 210),
      rgb(200, 70, 160),
      rgb(150, 105, 75),
    ],
    good: rgb(60, 140, 60),
    waiting: rgb(190, 100, 20),
    bad: rgb(205, 70, 70),
    note: rgb(20, 130, 190),
  },
};

/** The terminal's own colours: what each really is, is the user's choice. Chosen by what xterm makes of them. */
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
