import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { formatPresence, parsePresence, type PresenceMessage } from './presence-message.js';

test('a message is parsed as it was formatted', () => {
  const messages: PresenceMessage[] = [
    { kind: 'list', server: 'A1', version: 3, names: ['ada', 'bob'] },
    { kind: 'here', server: 'A1', version: 3 },
    { kind: 'ask', of: '' },
    { kind: 'gone', server: 'A1' },
    { kind: 'mark', server: 'A1', account: 'id', mark: [1, 2, null] },
    { kind: 'typing', server: 'A1', account: 'id', name: 'ada', room: 3, stopped: true },
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
  '{"kind":"mark","server":"A1","account":"id","mark":["1"]}',
  '{"kind":"mark","server":"A1","mark":[1,2]}',
  '{"kind":"typing","server":"A1","account":"id","name":"\\u001b","room":3,"stopped":true}',
  '{"kind":"typing","server":"A1","account":"id","name":"ada","room":3.5,"stopped":true}',
  '{"kind":"ask"}',
  '{"kind":"other","server":"A1","version":1}',
])('an invalid message is ignored: %s', (text) => {
  expect(parsePresence(text)).toBeUndefined();
});

test('parsing never throws', () => {
  fc.assert(fc.property(fc.oneof(fc.string(), fc.json()), (text) => void parsePresence(text)));
});
