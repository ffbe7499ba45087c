import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { formatNote, parseNote, type PresenceNote } from './presence-message.js';

test('a note is read as it was written', () => {
  const notes: PresenceNote[] = [
    { kind: 'list', server: 'A1', version: 3, names: ['ada', 'bob'] },
    { kind: 'here', server: 'A1', version: 3 },
    { kind: 'ask', of: '' },
    { kind: 'gone', server: 'A1' },
  ];
  expect(notes.map((note) => parseNote(formatNote(note)))).toEqual(notes);
});

test.each([
  '',
  'null',
  '[]',
  '{"kind":"list","server":"A1","version":1,"names":["\\u001b[2J"]}',
  '{"kind":"list","server":"A1","version":1,"names":[1]}',
  '{"kind":"list","server":"A1","version":1.5,"names":[]}',
  '{"kind":"list","server":"","version":1,"names":[]}',
  '{"kind":"gone"}',
  '{"kind":"ask"}',
  '{"kind":"other","server":"A1","version":1}',
])('what is no note is none: %s', (text) => {
  expect(parseNote(text)).toBeUndefined();
});

test('no text throws', () => {
  fc.assert(fc.property(fc.oneof(fc.string(), fc.json()), (text) => void parseNote(text)));
});
