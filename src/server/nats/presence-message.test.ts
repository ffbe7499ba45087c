import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { formatPresence, parsePresence, type PresenceMessage } from './presence-message.js';

test('a message is parsed as it was formatted', () => {
  const messages: PresenceMessage[] = [
    { kind: 'list', server: 'A1', version: 3, names: ['ada', 'bob'] },
    { kind: 'here', server: 'A1', version: 3 },
    { kind: 'ask', of: '' },
    { kind: 'gone', server: 'A1' },
  ];
  expect(messages.map((message) => parsePresence(formatPresence(message)))).toEqual(messages);
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
])('an invalid message is ignored: %s', (text) => {
  expect(parsePresence(text)).toBeUndefined();
});

test('parsing never throws', () => {
  fc.assert(fc.property(fc.oneof(fc.string(), fc.json()), (text) => void parsePresence(text)));
});
