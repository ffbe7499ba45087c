import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { anyText } from '../../../../test/support/any-text.js';
import { encodeEntry, encodeUnsequenced } from '../../../shared/codec.js';
import { foldText } from '../../../shared/fold-text.js';
import { contentType } from '../../../shared/message.js';
import { decodeText, encodeText } from '../../../shared/text.js';
import { createTextPrefilter } from './search-prefilter.js';

/** Letters whose case depends on their neighbours or changes the length, and bytes that surround a content. */
const pieces = [
  'Σ',
  'ς',
  'σ',
  'Α',
  'İ',
  'i̇',
  'ß',
  'ẞ',
  'K',
  'e\u0301',
  '\u0301',
  'é',
  'i',
  '\u00ad',
  '"',
  '\u0018\u0001"',
  '2',
  'A',
  ' ',
];
const hardText = fc.array(fc.oneof(fc.constantFrom(...pieces), anyText()), { maxLength: 12 });
const around = {
  timestamp: fc.integer({ min: 0, max: 2 ** 42 }),
  from: fc.string({ minLength: 1, maxLength: 200 }).map((name) => name.replaceAll(/[^!-~]/g, 'x')),
  id: fc.string({ maxLength: 64 }).map((id) => id.replaceAll(/[^!-~]/g, 'x')),
};

type Around = { timestamp: number; from: string; id: string };

function stored(content: Uint8Array, { timestamp, from, id }: Around, sequence: number): string {
  const message = { timestamp, content, type: contentType.text, from, id };
  return decodeText(encodeEntry(encodeUnsequenced(message), sequence));
}

test('an entry with the text passes, in any script and case', () => {
  const sequence = fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER });
  const part = fc.tuple(fc.nat(12), fc.nat(12));
  fc.assert(
    fc.property(hardText, part, fc.record(around), sequence, (content, [one, other], rest, place) => {
      const wanted = content.slice(Math.min(one, other), Math.max(one, other)).join('');
      const text = content.join('');
      fc.pre(foldText(text).includes(foldText(wanted)));
      return createTextPrefilter(foldText(wanted))(stored(encodeText(text), rest, place));
    }),
    { numRuns: 500 },
  );
});

test('an entry with invalid UTF-8 passes for the text that is shown', () => {
  const content = fc.uint8Array({ maxLength: 12 });
  fc.assert(
    fc.property(content, fc.record(around), fc.nat(12), (bytes, rest, length) => {
      const wanted = foldText(decodeText(bytes)).slice(0, length);
      const entry = stored(bytes, rest, 300);
      return [wanted, foldText(decodeText(bytes))].every((text) => createTextPrefilter(text)(entry));
    }),
    { numRuns: 300 },
  );
});

test('an entry does not pass if only its author or id contains the text', () => {
  const entry = stored(encodeText('Good morning'), { timestamp: 1, from: 'anna', id: 'x-needle' }, 7);
  const passes = (wanted: string): boolean => createTextPrefilter(wanted)(entry);
  expect(['anna', 'needle', 'evening', 'morningς'].map(passes)).toEqual([false, false, false, false]);
  expect(['good', 'd m', 'morning', ''].map(passes)).toEqual([true, true, true, true]);
});

test('bytes that are no entry pass if they contain the text anywhere', () => {
  expect(createTextPrefilter('needle')('hay NEEDLE hay')).toBe(true);
  expect(createTextPrefilter('needle')('hay')).toBe(false);
});
