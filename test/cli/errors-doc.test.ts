import { readFileSync } from 'node:fs';
import { status } from '@grpc/grpc-js';
import { expect, test } from '@jest/globals';
import { exitCodeOf, exitCodes, exitMeanings } from '../../src/cli/exit-codes.js';
import { grpcStatus } from '../../src/server/grpc/grpc-status.js';
import { errorCodes } from '../../src/shared/errors.js';

const document = readFileSync('docs/errors.md', 'utf8');
const rows = document
  .split('\n')
  .filter((line) => line.startsWith('|'))
  .map((line) =>
    line
      .slice(1, -1)
      .split('|')
      .map((cell) => cell.trim()),
  );

test('the document lists every error code once, in the order of the list', () => {
  const documented = rows.flatMap(([first = '']) => /^`([a-z-]+)`$/.exec(first)?.[1] ?? []);
  expect(documented).toEqual([...errorCodes]);
});

test.each(errorCodes)('the document tells status, exit code and next step of %s as they are', (code) => {
  const [, grpc, exit, meaning, nextStep] = rows.find(([first]) => first === `\`${code}\``) ?? [];
  expect(/^`([A-Z_]+)`/.exec(grpc ?? '')?.[1]).toBe(status[grpcStatus[code]]);
  expect(exit).toBe(String(exitCodeOf(code)));
  expect(meaning).toMatch(/\.$/);
  expect(nextStep).toMatch(/\.$/);
});

test('the document explains every exit code, in the words of the manual page', () => {
  const documented = rows.filter(([first = '']) => /^\d+$/.test(first));
  expect(documented).toEqual(exitMeanings.map(([code, meaning]) => [String(code), meaning]));
  expect(exitMeanings.map(([code]) => code)).toEqual(Object.values(exitCodes));
});
