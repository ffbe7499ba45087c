import { expect, test } from '@jest/globals';
import { colourDepth } from './colour-depth.js';
import { paletteColour, paletteIndex, style } from './style.js';

test('style sets its attributes and ends in the default', () => {
  expect(style('hi', { colour: 'red', bold: true }, '16')).toBe('\x1b[1;31mhi\x1b[m');
  expect(style('hi', { background: 'brightBlue' }, '16')).toBe('\x1b[104mhi\x1b[m');
  expect(style('hi', {}, '16')).toBe('hi');
  expect(style('', { bold: true }, '16')).toBe('');
});

test('depth none keeps the other attributes', () => {
  expect(style('hi', { colour: 'red', italic: true }, 'none')).toBe('\x1b[3mhi\x1b[m');
  expect(style('hi', { colour: 'red' }, 'none')).toBe('hi');
});

test('a colour becomes the nearest available one', () => {
  const orange = { colour: { red: 255, green: 128, blue: 0 } };
  expect(style('x', orange, 'truecolor')).toBe('\x1b[38;2;255;128;0mx\x1b[m');
  expect(style('x', orange, '256')).toBe('\x1b[38;5;208mx\x1b[m');
  expect(style('x', orange, '16')).toBe('\x1b[93mx\x1b[m');
  expect(style('x', { colour: { red: 0, green: 0, blue: 10 } }, '16')).toBe('\x1b[30mx\x1b[m');
});

test('every colour from 16 of the 256-colour palette is nearest to itself', () => {
  for (let index = 16; index < 256; index++) {
    expect(paletteColour(paletteIndex(paletteColour(index)))).toEqual(paletteColour(index));
  }
  expect(paletteIndex({ red: 118, green: 118, blue: 118 })).toBe(243);
});

test('colourDepth reads the environment', () => {
  expect(colourDepth({ TERM: 'xterm-256color' })).toBe('256');
  expect(colourDepth({ TERM: 'xterm', COLORTERM: 'truecolor' })).toBe('truecolor');
  expect(colourDepth({ TERM: 'xterm' })).toBe('16');
  expect(colourDepth({ TERM: 'dumb' })).toBe('none');
  expect(colourDepth({ TERM: 'xterm-256color', FORCE_COLOR: '1' })).toBe('16');
  expect(colourDepth({ TERM: 'xterm-256color', NO_COLOR: '1', FORCE_COLOR: '3' })).toBe('none');
  expect(colourDepth({ TERM: 'xterm-256color', NO_COLOR: '' })).toBe('256');
  expect(colourDepth({ TERM: 'xterm-256color', CI: 'true' })).toBe('256');
});
