import { describe, expect, test } from '@jest/globals';
import { splitSendArguments } from './send-arguments.js';

describe('the first argument of send', () => {
  test.each([
    'localhost',
    'localhost:65002',
    'work:65002',
    'chat.example.org:443',
    'https://chat.example.org',
    'http://localhost:65002/',
    '192.0.2.7',
    '192.0.2.7:65002',
    '[::1]:65002',
    '[::1]',
    'bücher.example:65002',
    'a.example.org:65002,https://b.example.org,localhost',
  ])('%s is the address', (address) => {
    expect(splitSendArguments([address, 'hi'], undefined)).toEqual({ address, words: ['hi'] });
  });

  test.each([
    'hello',
    'chat.example.org',
    '12:30',
    'note:',
    'https://ci.example.org/build/42',
    'see https://example.org',
    '-',
    ':)',
    'a:b:1',
    'größe:42',
    'größe.',
    'hello,work:65002',
    'work:65002,',
    '',
  ])('%j is text', (word) => {
    expect(splitSendArguments([word, 'hi'], undefined)).toEqual({ address: undefined, words: [word, 'hi'] });
  });

  test('is text in any case with --to', () => {
    expect(splitSendArguments(['localhost'], 'https://example.org')).toEqual({
      address: 'https://example.org',
      words: ['localhost'],
    });
  });
});
