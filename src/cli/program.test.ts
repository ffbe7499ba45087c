import { PassThrough } from 'node:stream';
import { expect, test } from '@jest/globals';
import type { Command } from 'commander';
import { buildProgram } from './program.js';

function helpTexts(columns?: number): string[] {
  const output = Object.assign(new PassThrough({ encoding: 'utf8' }), columns !== undefined && { columns });
  const program = buildProgram({ stdout: output, stderr: output }, () => Promise.resolve());
  const print = (command: Command): void => {
    command.outputHelp();
    command.commands.forEach(print);
  };
  print(program);
  return String(output.read()).split('\n');
}

test.each([undefined, 80, 200])(
  'the help of every command has at most 80 columns, on a terminal with %s',
  (columns) => {
    const lines = helpTexts(columns);
    expect(lines.length).toBeGreaterThan(200);
    expect(lines.filter((line) => line.length > 80)).toEqual([]);
  },
);
