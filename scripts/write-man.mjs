// Writes man/chat.1 from the help, the keys and the exit codes of the program. Run with: npm run docs:man.
import { mkdirSync, writeFileSync } from 'node:fs';
import { manPage } from './manual/man-page.ts';
import { buildProgram } from '../src/cli/program.ts';
import { programVersion } from '../src/cli/io/version.ts';

const folder = new URL('../man/', import.meta.url);
mkdirSync(folder, { recursive: true });
writeFileSync(
  new URL('chat.1', folder),
  manPage(
    buildProgram(process, async () => undefined),
    programVersion,
  ),
);
