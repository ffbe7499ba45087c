import { describe, expect, test } from '@jest/globals';
import { planSending, splitSendArguments } from './send-plan.js';

const terminal = true;
const pipe = false;

describe('planSending', () => {
  test('joins the words by spaces, whatever stdin is', () => {
    const text = { from: 'words', text: 'build  42 failed' };
    expect(planSending(['build ', '42', 'failed'], {}, pipe)).toEqual({ images: [], clipboard: false, text });
    expect(planSending(['build ', '42', 'failed'], {}, terminal)).toEqual({
      images: [],
      clipboard: false,
      text,
    });
  });

  test('reads stdin for -, or if there is nothing else', () => {
    expect(planSending([], {}, pipe).text).toEqual({ from: 'stdin' });
    expect(planSending(['-'], {}, terminal).text).toEqual({ from: 'stdin' });
    expect(planSending(['-'], { image: ['a.png'] }, pipe)).toEqual({
      images: ['a.png'],
      clipboard: false,
      text: { from: 'stdin' },
    });
  });

  test('does not read stdin if there is an image, since it may never end', () => {
    expect(planSending([], { image: ['a.png', 'b.png'] }, pipe)).toEqual({
      images: ['a.png', 'b.png'],
      clipboard: false,
      text: { from: 'nowhere' },
    });
  });

  test('does not read stdin if the clipboard is sent', () => {
    expect(planSending([], { clipboard: true }, pipe)).toEqual({
      images: [],
      clipboard: true,
      text: { from: 'nowhere' },
    });
    expect(planSending(['look'], { clipboard: true }, terminal).text).toEqual({
      from: 'words',
      text: 'look',
    });
  });

  test('reads stdin line by line for --lines', () => {
    expect(planSending([], { lines: true }, pipe).text).toEqual({ from: 'lines' });
    expect(planSending(['-'], { lines: true }, pipe).text).toEqual({ from: 'lines' });
  });

  test.each([
    ['nothing, on a terminal', [], {}, terminal],
    ['an empty text', [''], {}, pipe],
    ['- among words', ['-', 'x'], {}, pipe],
    ['stdin as image and text', ['-'], { image: ['-'] }, pipe],
    ['stdin as two images', [], { image: ['-', '-'] }, pipe],
    ['stdin as image and lines', [], { image: ['-'], lines: true }, pipe],
    ['--lines with words', ['x'], { lines: true }, pipe],
  ])('%s is a usage error', (_, words, flags, stdinIsTerminal) => {
    expect(() => planSending(words, flags, stdinIsTerminal)).toThrow(
      expect.objectContaining({ code: 'usage' }),
    );
  });
});

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

  test('is text with --to', () => {
    expect(splitSendArguments(['localhost'], 'https://example.org')).toEqual({
      address: 'https://example.org',
      words: ['localhost'],
    });
  });
});
