import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { splitCommand } from './split-command.js';

test.each([
  ['pass show chat', ['pass', 'show', 'chat']],
  [`gpg -d "my file.gpg"`, ['gpg', '-d', 'my file.gpg']],
  [`a 'b "c" \\d' e\\ f`, ['a', 'b "c" \\d', 'e f']],
  [`a "b \\"c\\"" ''`, ['a', 'b "c"', '']],
  ['echo $HOME *.txt | cat ; ~', ['echo', '$HOME', '*.txt', '|', 'cat', ';', '~']],
  ['--x="a b"c', ['--x=a bc']],
])('%s is split into words', (command, words) => {
  expect(splitCommand(command)).toEqual(words);
});

test.each([`a "b`, `a 'b`, `a \\`, '', '   '])('%j is a usage error', (command) => {
  expect(() => splitCommand(command)).toThrow(expect.objectContaining({ code: 'usage' }));
});

test('words in single quotes are kept exactly', () => {
  const word = fc.string().filter((text) => !text.includes("'"));
  fc.assert(
    fc.property(fc.array(word, { minLength: 1 }), (words) => {
      expect(splitCommand(words.map((text) => `'${text}'`).join(' '))).toEqual(words);
    }),
  );
});
