import { mkdtempSync, rmSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from '@jest/globals';
import type { ClipboardContent } from '../../src/client/clipboard/clipboard.js';
import type { Argv, ProgramResult, ProgramRunner } from '../../src/client/system/program.js';
import { temporaryFiles } from '../../src/client/system/private-file.js';

const folder = mkdtempSync(join(tmpdir(), 'chat-test-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** Creates files for saved output, which are removed after the tests. */
export const newTemporaryFile = temporaryFiles('', `${folder}/`);

/** A runner that runs nothing: each command has the result that `answer` returns. */
export function cannedCommands(answer: (command: Argv) => ProgramResult<Buffer>): ProgramRunner {
  return {
    run: (command) => Promise.resolve(answer(command)),
    feed(command) {
      const result = answer(command);
      return Promise.resolve(result.status === 'done' ? { ...result, output: undefined } : result);
    },
    async save(command) {
      const result = answer(command);
      if (result.status !== 'done') return result;
      const output = await newTemporaryFile();
      await writeFile(output.path, result.output);
      return { status: 'done', output };
    },
  };
}

/** Replaces the file of an image by its bytes, and removes it. */
export async function contentWithBytes(content: ClipboardContent) {
  if (content.type !== 'image') return content;
  const bytes = await readFile(content.file.path);
  await content.file.remove();
  return { type: content.type, bytes };
}
