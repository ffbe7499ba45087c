import { expect, test } from '@jest/globals';
import { messageDigest } from './message-digest.js';
import { encodeText } from './text.js';

const message = {
  id: '01J',
  from: 'anna',
  timestamp: 1795338843123,
  type: 1,
  content: encodeText('hello'),
};

test('a digest is computed as docs/protocol.md describes', () => {
  // printf '1795338843123\n1\nanna\n01J\nhello' | sha256sum
  expect(messageDigest(message)).toBe('8f8dc10402b1d4b65115ce540568f815ffe0c0e60249fae86f491e0fa5642c98');
});

test('a digest depends on every part of a message', () => {
  const digest = messageDigest(message);
  const others = [
    { id: '01K' },
    { id: '' },
    { from: 'bob' },
    { timestamp: 0 },
    { type: 2 },
    { content: encodeText('') },
  ];
  for (const other of others) expect(messageDigest({ ...message, ...other })).not.toBe(digest);
});
