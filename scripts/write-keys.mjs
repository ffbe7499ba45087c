// Writes docs/keys.md from the tables that the program uses. Run with: npm run docs:keys.
import { writeFileSync } from 'node:fs';
import { keysDocument } from './keys-document.ts';

writeFileSync(new URL('../docs/keys.md', import.meta.url), keysDocument());
