import { expect, test } from '@jest/globals';
import { inkColour } from './ink-colour.js';

test('colours have the names that Ink knows', () => {
  expect(inkColour('red', '16')).toBe('red');
  expect(inkColour('brightBlue', '16')).toBe('blueBright');
  expect(inkColour({ red: 255, green: 135, blue: 0 }, 'truecolor')).toBe('rgb(255, 135, 0)');
  expect(inkColour({ red: 255, green: 135, blue: 0 }, '256')).toBe('ansi256(208)');
});
