import { execFile } from 'node:child_process';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from '@jest/globals';
import { temporaryFolder } from '../chat-process.js';

const module = join(import.meta.dirname, '../../src/client/system/private-file.ts');

test('remaining files are removed when the process exits', async () => {
  const parent = temporaryFolder();
  const program = `
    import { readdirSync, writeFileSync } from 'node:fs';
    import { temporaryFiles } from ${JSON.stringify(module)};
    const newFile = temporaryFiles('file-', ${JSON.stringify(parent)});
    const [first, second] = [await newFile(), await newFile()];
    writeFileSync(first.path, 'x');
    writeFileSync(second.path, 'x');
    await first.remove();
    console.log(readdirSync(${JSON.stringify(parent)}).length);
    process.exit(3);`;
  const flags = ['--import', 'tsx', '--input-type=module', '--eval', program];
  const ended = await promisify(execFile)(process.execPath, flags).catch((error: unknown) => error);
  expect(ended).toMatchObject({ code: 3, stdout: '1\n' });
  expect(await readdir(parent)).toEqual([]);
});
