import { describe, expect, test } from '@jest/globals';
import { contrast, type Rgb } from '../../terminal/colour/contrast.js';
import { type Colour, cubeColour } from '../../terminal/colour/style.js';
import { inkColour, themeFor } from './theme.js';

/** Common backgrounds: plain ones, and those of the schemes of editors and distributions. */
const backgrounds: Readonly<Record<'dark' | 'light', readonly Rgb[]>> = {
  dark: ['000000', '1e1e1e', '282c34', '002b36', '2e3440', '300a24'].map(fromHex),
  light: ['ffffff', 'fdf6e3', 'fafafa', 'eff1f5'].map(fromHex),
};

/** The sixteen colours of xterm (XTerm-col.ad). */
const xterm: Readonly<Record<string, string>> = {
  red: 'cd0000',
  green: '00cd00',
  yellow: 'cdcd00',
  blue: '0000ee',
  magenta: 'cd00cd',
  cyan: '00cdcd',
  brightRed: 'ff0000',
  brightGreen: '00ff00',
  brightBlue: '5c5cff',
  brightMagenta: 'ff00ff',
};

function fromHex(hex: string): Rgb {
  const [red = 0, green = 0, blue = 0] = [0, 2, 4].map((at) => parseInt(hex.slice(at, at + 2), 16));
  return { red, green, blue };
}

function shown(colour: Colour, depth: '16' | '256' | 'truecolor'): Rgb {
  if (typeof colour === 'string') return fromHex(xterm[colour] ?? '');
  return depth === '256' ? cubeColour(colour) : colour;
}

const coloursOf = ({ names, good, waiting, bad, note }: ReturnType<typeof themeFor>) => [
  ...names,
  good,
  waiting,
  bad,
  note,
];

describe.each(['16', '256', 'truecolor'] as const)('with %s colours', (depth) => {
  // WCAG requires 3:1 for large text and symbols, 4.5:1 for normal text.
  const wanted = depth === '16' ? 3 : 4.5;

  test.each(['dark', 'light'] as const)('every colour is readable on every %s background', (background) => {
    const behind = depth === '16' ? backgrounds[background].slice(0, 1) : backgrounds[background];
    for (const colour of coloursOf(themeFor(background, depth)))
      for (const back of behind) expect(contrast(shown(colour, depth), back)).toBeGreaterThanOrEqual(wanted);
  });

  test('every colour for an unknown background is readable on black and on white', () => {
    for (const colour of coloursOf(themeFor(undefined, depth)))
      for (const back of ['000000', 'ffffff'].map(fromHex))
        expect(contrast(shown(colour, depth), back)).toBeGreaterThanOrEqual(3);
  });

  test('the colours of names differ from each other', () => {
    for (const background of ['dark', 'light', undefined] as const) {
      const seen = themeFor(background, depth).names.map((colour) => JSON.stringify(shown(colour, depth)));
      expect(new Set(seen).size).toBe(seen.length);
    }
  });
});

test('inkColour returns names that Ink accepts', () => {
  expect(inkColour('red', '16')).toBe('red');
  expect(inkColour('brightBlue', '16')).toBe('blueBright');
  expect(inkColour({ red: 255, green: 135, blue: 0 }, 'truecolor')).toBe('rgb(255, 135, 0)');
  expect(inkColour({ red: 255, green: 135, blue: 0 }, '256')).toBe('ansi256(208)');
});
