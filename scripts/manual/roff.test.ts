import { expect, test } from '@jest/globals';
import { definition, helpText, request, roffText } from './roff.js';

test('a line that starts with a dot or a quote is text, not a request', () => {
  expect(roffText("a\n.SH\n'b")).toBe("a\n\\&.SH\n\\&'b");
});

test('a hyphen stays a hyphen when it is copied, a backslash a backslash', () => {
  expect(roffText('--to C:\\x')).toBe('\\-\\-to C:\\ex');
});

test('an argument of a request may hold spaces and quotes', () => {
  expect(request('SH', 'EXIT STATUS', 'say "a"')).toBe('.SH "EXIT STATUS" "say \\(dqa\\(dq"');
});

test('a definition is a term and its meaning', () => {
  expect(definition('--json', 'for programs')).toEqual(['.TP', '.B "\\-\\-json"', 'for programs']);
});

test('examples keep their lines, paragraphs are filled', () => {
  expect(helpText('\nOne\ntwo.\n\nExamples:\n  a b\n  c\n')).toEqual([
    '.PP',
    'One\ntwo.',
    '.PP',
    '.B "Examples:"',
    '.PP',
    '.nf',
    '  a b',
    '  c',
    '.fi',
  ]);
});
