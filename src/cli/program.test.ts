import { PassThrough } from 'node:stream';
import { expect, test } from '@jest/globals';
import type { Command } from 'commander';
import { buildProgram } from './program.js';

function helpTexts(): string[] {
  const output = new PassThrough({ encoding: 'utf8' });
  const program = buildProgram({ stdout: output, stderr: output }, () => Promise.resolve());
  const print = (command: Command): void => {
    command.outputHelp();
    command.commands.forEach(print);
  };
  print(program);
  return String(output.read()).split('\n');
}

test('the help of every command fits 80 columns', () => {
  const lines = helpTexts();
  expect(lines.length).toBeGreaterThan(200);
  expect(lines.filter((line) => line.length > 80)).toEqual([]);
});
