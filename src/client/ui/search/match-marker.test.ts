import { stripVTControlCharacters } from 'node:util';
import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { linkEnd, linkStart } from '../../terminal/text/hyperlinks.js';
import { createMatchMarker } from './search.js';

const on = '\u001b[4;7m';
const off = '\u001b[24;27m';
const link = linkStart('https://example.org/example', 'a-1');

test.each([
  ['needle', 'a Needle, a NEEDLE', `a ${on}Needle${off}, a ${on}NEEDLE${off}`],
  ['straße', 'STRASSE', `${on}STRASSE${off}`],
  ['b c', 'a\u001b[1mb\u001b[m c', `a\u001b[1m${on}b\u001b[m${on} c${off}`],
  ['ab', '\u001b[2mab\u001b[mab', `\u001b[2m${on}ab${off}\u001b[m${on}ab${off}`],
  ['x', 'nothing', 'nothing'],
  [
    'example',
    `${link}\u001b[4man example\u001b[m${linkEnd}`,
    `${link}\u001b[4man ${on}example${off}\u001b[4m\u001b[m${linkEnd}`,
  ],
  ['a', '\u001b[1;7mab\u001b[m', `\u001b[1;7m${on}a${off}\u001b[1;7mb\u001b[m`],
  ['a b', `a ${link}b${linkEnd} c`, `${on}a ${link}b${off}${linkEnd} c`],
])('a search for %j marks the matches in %j', (query, row, marked) => {
  expect(createMatchMarker(query)(row)).toBe(marked);
});

test('marking changes no text', () => {
  const part = fc.oneof(
    fc.string({ unit: 'grapheme', maxLength: 5 }).map(stripVTControlCharacters),
    fc.constantFrom('\u001b[1m', '\u001b[m', 'ab', 'İ', 'ß'),
  );
  fc.assert(
    fc.property(fc.array(part), fc.constantFrom('a', 'ab', 'ss', 'i'), (parts, query) => {
      const row = parts.join('');
      const marked = createMatchMarker(query)(row);
      expect(stripVTControlCharacters(marked)).toBe(stripVTControlCharacters(row));
      expect(marked.split(on).length).toBeGreaterThanOrEqual(marked.split(off).length);
    }),
  );
});
