import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  contrast,
  luminance,
  type Rgb,
  type TerminalColours,
  unknownColours,
} from '../../terminal/colour/terminal-colours.js';
import { type Colour, namedColours, paletteColour, paletteIndex } from '../../terminal/colour/style.js';
import { inkColour, nameStyle, type Theme, themeFor } from './theme.js';

const depths = ['16', '256', 'truecolor'] as const;
const demoUsers = ['user1', 'user2', 'user3', 'user4', 'user5'];

/** Common backgrounds: plain ones, and those of the schemes of editors and distributions. */
const commonBackgrounds = {
  dark: ['000000', '1e1e1e', '282c34', '002b36', '2e3440', '300a24'].map(fromHex),
  light: ['ffffff', 'fdf6e3', 'fafafa', 'eff1f5'].map(fromHex),
};

/** The sixteen colours of xterm (XTerm-col.ad). */
const xterm = [
  ...['000000', 'cd0000', '00cd00', 'cdcd00', '0000ee', 'cd00cd', '00cdcd', 'e5e5e5'],
  ...['7f7f7f', 'ff0000', '00ff00', 'ffff00', '5c5cff', 'ff00ff', '00ffff', 'ffffff'],
].map(fromHex);

const part = fc.integer({ min: 0, max: 255 });
const anyColour = fc.record({ red: part, green: part, blue: part });

function fromHex(hex: string): Rgb {
  const [red = 0, green = 0, blue = 0] = [0, 2, 4].map((at) => parseInt(hex.slice(at, at + 2), 16));
  return { red, green, blue };
}

function on(background: Rgb, others: Partial<TerminalColours> = {}): TerminalColours {
  return { ...unknownColours, background, ...others };
}

function shown(colour: Colour, depth: (typeof depths)[number], palette: readonly Rgb[] = xterm): Rgb {
  if (typeof colour === 'string') return palette[namedColours.indexOf(colour)] ?? fromHex('000000');
  return depth === '256' ? paletteColour(paletteIndex(colour)) : colour;
}

/** The theme's own colours for text. */
function textColours({ names, good, waiting, bad, note }: Theme): Colour[] {
  const all = [...names.map(({ colour }) => colour), good, waiting, bad, note];
  return all.flatMap((colour) => (colour === undefined ? [] : [colour]));
}

/** The lowest contrast of the colours; undefined, the terminal's own, has none. */
function lowest(
  colours: readonly (Colour | undefined)[],
  depth: (typeof depths)[number],
  background: Rgb,
  palette = xterm,
): number {
  return Math.min(
    ...colours.flatMap((colour) =>
      colour === undefined ? [] : [contrast(shown(colour, depth, palette), background)],
    ),
  );
}

describe.each(['256', 'truecolor'] as const)('with %s colours', (depth) => {
  test('every text is readable on every background', () => {
    fc.assert(
      fc.property(anyColour, (background) => {
        const theme = themeFor(on(background), depth);
        expect(lowest(textColours(theme), depth, background)).toBeGreaterThanOrEqual(4.5);
        expect(theme.names).toHaveLength(10);
      }),
    );
  });

  test('secondary text has a contrast of 4.5, and less than the main text, on every background', () => {
    fc.assert(
      fc.property(anyColour, anyColour, (background, foreground) => {
        const own = contrast(foreground, background);
        // The 256 colours are too coarse for a step between 4.5 and less.
        fc.pre(own >= 9);
        const { faint, line } = themeFor(on(background, { foreground }), depth);
        for (const [colour, wanted] of [
          [faint, 4.5],
          [line, 3],
        ] as const) {
          const reached = colour === undefined ? 0 : contrast(shown(colour, depth), background);
          expect(reached).toBeGreaterThanOrEqual(wanted);
          expect(reached).toBeLessThan(own);
        }
      }),
    );
  });

  test('secondary text stays fainter in a scheme with little contrast, and has at least 3', () => {
    fc.assert(
      fc.property(anyColour, anyColour, (background, foreground) => {
        const { faint } = themeFor(on(background, { foreground }), depth);
        if (faint !== undefined) expect(contrast(shown(faint, depth), background)).toBeGreaterThanOrEqual(3);
        else expect(contrast(foreground, background)).toBeLessThan(depth === '256' ? 4 : 3.1);
      }),
    );
    const solarized = on(fromHex('002b36'), { foreground: fromHex('839496') });
    const { faint = 'white' } = themeFor(solarized, depth);
    expect(contrast(shown(faint, depth), fromHex('002b36'))).toBeLessThan(4);
  });
});

test('with 16 colours, every colour has a contrast of 3 on every background with every palette', () => {
  const palettes = fc.array(anyColour, { minLength: 16, maxLength: 16 });
  fc.assert(
    fc.property(anyColour, fc.oneof(fc.constant(xterm), palettes), (background, palette) => {
      const theme = themeFor(on(background, { palette: Object.fromEntries(palette.entries()) }), '16');
      const colours = [...textColours(theme), theme.faint, theme.line];
      expect(lowest(colours, '16', background, palette)).toBeGreaterThanOrEqual(3);
    }),
  );
});

test('with 16 colours, a grey that equals the background, as in Solarized, is not used', () => {
  const background = fromHex('002b36');
  expect(themeFor(on(background), '16').faint).toBe('brightBlack');
  expect(themeFor(on(background, { palette: { 8: background } }), '16').faint).not.toBe('brightBlack');
});

describe.each(depths)('with %s colours', (depth) => {
  const wanted = depth === '16' ? 3 : 4.5;

  test.each(['dark', 'light'] as const)('a theme for %s suits the common backgrounds', (brightness) => {
    const theme = themeFor({ ...unknownColours, brightness }, depth);
    const behind = commonBackgrounds[brightness].slice(0, depth === '16' ? 1 : undefined);
    for (const back of behind)
      expect(lowest([...textColours(theme), theme.faint], depth, back)).toBeGreaterThanOrEqual(wanted);
  });

  test('a theme for an unknown background is readable on black and on white', () => {
    const theme = themeFor(unknownColours, depth);
    const colours = [...textColours(theme), theme.faint, theme.line];
    for (const back of ['000000', 'ffffff'].map(fromHex))
      expect(lowest(colours, depth, back)).toBeGreaterThanOrEqual(3);
  });

  const screens: readonly TerminalColours[] = [
    unknownColours,
    { ...unknownColours, brightness: 'dark' },
    { ...unknownColours, brightness: 'light' },
    ...Object.values(commonBackgrounds)
      .flat()
      .map((background) => on(background)),
  ];

  test('the names of the demo users have different colours on every common background', () => {
    for (const colours of screens) {
      const theme = themeFor(colours, depth);
      const seen = demoUsers.map((name) => JSON.stringify(nameStyle(name, theme).colour));
      expect(new Set(seen).size).toBe(demoUsers.length);
      const all = theme.names.map(({ colour = 'black' }) => JSON.stringify(shown(colour, depth)));
      expect(new Set(all).size).toBe(all.length);
    }
  });

  test('errors, warnings and notices have different colours', () => {
    for (const colours of screens) {
      const { bad, waiting, note } = themeFor(colours, depth);
      expect(new Set([bad, waiting, note].map((colour) => JSON.stringify(colour))).size).toBe(3);
    }
  });
});

test('errors are red and, on a dark background, warnings are yellow', () => {
  const dark = on(fromHex('1e1e1e'));
  expect(themeFor(dark, '16')).toMatchObject({ bad: 'brightRed', waiting: 'yellow', good: 'green' });
  const { bad, waiting } = themeFor(dark, '256');
  for (const [colour, isRed] of [
    [bad, true],
    [waiting, false],
  ] as const) {
    const { red, green, blue } = shown(colour ?? 'black', '256');
    expect(red > green + 50).toBe(isRed);
    expect(luminance({ red, green, blue: 0 })).toBeGreaterThan(luminance({ red: 0, green: 0, blue }));
  }
});

test('inkColour returns names that Ink accepts', () => {
  expect(inkColour('red', '16')).toBe('red');
  expect(inkColour('brightBlue', '16')).toBe('blueBright');
  expect(inkColour({ red: 255, green: 135, blue: 0 }, 'truecolor')).toBe('rgb(255, 135, 0)');
  expect(inkColour({ red: 255, green: 135, blue: 0 }, '256')).toBe('ansi256(208)');
});
