import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { keysDocument } from '../../scripts/keys-document.js';

test('docs/keys.md matches F1; npm run docs:keys writes it', async () => {
  const path = join(import.meta.dirname, '..', '..', 'docs', 'keys.md');
  expect(await readFile(path, 'utf8')).toBe(keysDocument());
});
