import { readFileSync } from 'node:fs';
import { status } from '@grpc/grpc-js';
import { expect, test } from '@jest/globals';
import { exitCodeOf, exitCodes, exitMeanings } from '../../src/cli/io/exit.js';
import { statusOf } from '../../src/server/grpc/grpc-status.js';
import { ChatError, errorCodes, errorTraits } from '../../src/shared/errors.js';

const document = readFileSync('docs/errors.md', 'utf8');
/** The text below each heading of an error code. */
const sections = [...document.matchAll(/^### `([a-z-]+)`\n([^]*?)(?=^#|$(?![^]))/gm)].map(
  ([, code = '', text = '']) => ({ code, text }),
);

test('the document lists every error code once, in the order of the list', () => {
  expect(sections.map(({ code }) => code)).toEqual([...errorCodes]);
});

test.each(errorCodes)('the document has the status, exit code, meaning and next step of %s', (code) => {
  const text = sections.find((section) => section.code === code)?.text ?? '';
  const [protocol = '', meaning, nextStep, ...rest] = text.trim().split('\n\n');
  expect(/^gRPC status `([A-Z_]+)`/.exec(protocol)?.[1]).toBe(status[statusOf(new ChatError(code, '')).code]);
  expect(/, exit code (\d+)\.$/.exec(protocol)?.[1]).toBe(String(exitCodeOf(code)));
  expect(meaning).toMatch(/^[A-Z][^]*\.$/);
  expect(nextStep).toMatch(/^\*\*What to do:\*\* [A-Z`][^]*\.$/);
  expect(rest).toEqual([]);
});

test('the document explains every exit code in the same words as the manual page', () => {
  const documented = [...document.matchAll(/^\| (\d+) +\| (.*?) +\|$/gm)];
  expect(documented.map(([, code, meaning]) => [Number(code), meaning])).toEqual(exitMeanings);
  const used = [...Object.values(errorTraits).map(({ exitCode }) => exitCode), ...Object.values(exitCodes)];
  const ascending = [...new Set(used)].sort((a, b) => a - b);
  expect(exitMeanings.map(([code]) => code)).toEqual(ascending);
});
