import { expect, test } from '@jest/globals';
import { contentType } from '../../shared/message.js';
import { encodeText } from '../../shared/text.js';
import { mentionedNames } from './mentioned-names.js';

test.each([
  ['@ben: lunch?', ['ben']],
  ['(@ben, @Carl_2 and @ben)', ['ben', 'Carl_2']],
  ['ask @ann.b.', ['ann.b.', 'ann.b']],
  ["that is @ben's", ['ben']],
  ['@All look', ['all']],
  ['ben@example.org, a@b, npm i @types/node, see /@ben, @@ben', []],
  ['@ @- no one @größe', ['-']],
])('the names in %j are %j', (text, expected) => {
  expect(mentionedNames({ type: contentType.text, content: encodeText(text) })).toEqual(expected);
});

test('an image mentions no one, and a text at most 100', () => {
  const content = encodeText(Array.from({ length: 150 }, (_, index) => `@user${index}`).join(' '));
  expect(mentionedNames({ type: contentType.image, content })).toEqual([]);
  expect(mentionedNames({ type: contentType.text, content })).toHaveLength(100);
});
