import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { copyablesOf } from './copyable.js';

const textsOf = (text: string) => copyablesOf(text).map((each) => each.text);

test('a plain text can be copied as a whole', () => {
  expect(copyablesOf('hello\n\tworld')).toEqual([{ what: 'the text', text: 'hello\n\tworld' }]);
});

test('links follow without the punctuation around them, each once', () => {
  const text = 'see https://a.example/x, (http://b.example/y(1)) or https://a.example/x.';
  expect(textsOf(text)).toEqual([text, 'https://a.example/x', 'http://b.example/y(1)']);
  expect(textsOf('(see https://a.example/x).')[1]).toBe('https://a.example/x');
  expect(textsOf('see https://a.example/Köln.')[1]).toBe('https://a.example/Köln');
  expect(textsOf(' https://a.example ')).toEqual([' https://a.example ']);
});

test('code blocks follow, without their fences', () => {
  const text = 'do\n```sh\nmake\n\tall\n```\nor\n~~~\nmore\n~~~';
  expect(copyablesOf(text).slice(1)).toEqual([
    { what: 'code block 1', text: 'make\n\tall' },
    { what: 'code block 2', text: 'more' },
  ]);
  expect(textsOf('```\nnever closed')).toEqual(['```\nnever closed', 'never closed']);
  expect(textsOf('```\n```')).toHaveLength(1);
});

test('escape sequences and hidden characters are not copied', () => {
  expect(textsOf('ls\x1b[2J\u202e\x07; echo\r')).toEqual(['ls; echo\n']);
});

test('whatever the text is, what is copied has no control characters but line ends and tabs', () => {
  fc.assert(
    fc.property(
      fc.array(fc.constantFrom('```', '\n', '\t', '\x1b]52;c;', '\x07', 'https://', '(', 'a', ' '), {
        maxLength: 40,
      }),
      (parts) => {
        for (const text of textsOf(parts.join(''))) expect(text).not.toMatch(/[\x00-\x08\x0b-\x1f\x7f-\x9f]/);
      },
    ),
  );
});
