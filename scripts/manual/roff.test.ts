import { expect, test } from '@jest/globals';
import { definition, helpText, request, roffText } from './roff.js';

test('roffText escapes a dot or quote at the start of a line', () => {
  expect(roffText("a\n.SH\n'b")).toBe("a\n\\&.SH\n\\&'b");
});

test('roffText keeps hyphens and backslashes copyable', () => {
  expect(roffText('--to C:\\x')).toBe('\\-\\-to C:\\ex');
});

test('request accepts arguments with spaces and quotes', () => {
  expect(request('SH', 'EXIT STATUS', 'say "a"')).toBe('.SH "EXIT STATUS" "say \\(dqa\\(dq"');
});

test('definition writes a term and its meaning', () => {
  expect(definition('--json', 'for programs')).toEqual(['.TP', '.B "\\-\\-json"', 'for programs']);
});

test('helpText keeps the lines of examples and fills paragraphs', () => {
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
