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

function passes(wanted: string, entry: string): boolean {
  return createTextPrefilter(wanted)([entry])[0] === true;
}

test('an entry with the text passes, in any script and case', () => {
  const sequence = fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER });
  const part = fc.tuple(fc.nat(12), fc.nat(12));
  const others = fc.tuple(hardText, hardText);
  fc.assert(
    fc.property(
      hardText,
      part,
      fc.record(around),
      sequence,
      others,
      (content, [one, other], rest, place, [before, after]) => {
        const wanted = content.slice(Math.min(one, other), Math.max(one, other)).join('');
        const text = content.join('');
        fc.pre(foldText(text).includes(foldText(wanted)));
        const group = [before.join(''), text, after.join('')];
        const entries = group.map((each) => stored(encodeText(each), rest, place));
        return createTextPrefilter(foldText(wanted))(entries)[1] === true;
      },
    ),
    { numRuns: 500 },
  );
});

test('an entry with invalid UTF-8 passes for the text that is shown', () => {
  const content = fc.uint8Array({ maxLength: 12 });
  fc.assert(
    fc.property(content, fc.record(around), fc.nat(12), (bytes, rest, length) => {
      const wanted = foldText(decodeText(bytes)).slice(0, length);
      const entry = stored(bytes, rest, 300);
      return [wanted, foldText(decodeText(bytes))].every((text) => passes(text, entry));
    }),
    { numRuns: 300 },
  );
});

test('an entry does not pass if only its author or id contains the text', () => {
  const entry = stored(encodeText('Good morning'), { timestamp: 1, from: 'anna', id: 'x-needle' }, 7);
  const found = (wanted: string): boolean => passes(wanted, entry);
  expect(['anna', 'needle', 'evening', 'morningς'].map(found)).toEqual([false, false, false, false]);
  expect(['good', 'd m', 'morning', ''].map(found)).toEqual([true, true, true, true]);
});

test('bytes that are no entry pass if they contain the text anywhere', () => {
  expect(passes('needle', 'hay NEEDLE hay')).toBe(true);
  expect(passes('needle', 'hay')).toBe(false);
});

test('only the entries of a group that contain the text pass', () => {
  const rest = { timestamp: 1_796_000_000_000, from: 'anna', id: '' };
  const group = ['Bread', 'bred', 'BREAD and jam', ''].map((text, index) =>
    stored(encodeText(text), rest, index + 1),
  );
  expect(createTextPrefilter('bread')(group)).toEqual([true, false, true, false]);
});
