import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { buildProgram } from '../../src/cli/program.js';
import { programVersion } from '../../src/cli/io/version.js';
import { manPage } from './man-page.js';

const page = manPage(
  buildProgram(process, () => Promise.resolve()),
  programVersion,
);

test('man/chat.1 matches the help of the program; npm run docs:man writes it', () => {
  expect(readFileSync('man/chat.1', 'utf8')).toBe(page);
});

test('man/chat.1 names every environment variable that the program reads', () => {
  const read = sources('src').flatMap((file) => readFileSync(file, 'utf8').match(/\bCHAT_[A-Z]+\b/g) ?? []);
  for (const name of new Set(read)) if (name !== 'CHAT_MESSAGE_TYPE') expect(page).toContain(name);
  expect(read).toContain('CHAT_USER');
});

test('man/chat.1 contains the text after the options of a command, with one example per line', () => {
  expect(page).toContain(
    '  chat users add anna && chat serve \\-\\-host 0.0.0.0 \\-\\-tls\\-self\\-signed\n',
  );
});

function sources(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.tsx?$/.test(name) && !/\.test\.tsx?$/.test(name))
    .map((name) => join(folder, name));
}
