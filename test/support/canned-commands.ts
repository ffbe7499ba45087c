import { mkdtempSync, rmSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from '@jest/globals';
import type { ClipboardContent } from '../../src/client/clipboard/clipboard.js';
import type { Argv, ProgramResult, ProgramRunner } from '../../src/client/system/program.js';
import { temporaryFiles } from '../../src/client/system/temporary-file.js';

const folder = mkdtempSync(join(tmpdir(), 'chat-test-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** Where saved outputs go, in place of a folder that goes when a program ends. */
export const newTemporaryFile = temporaryFiles('', `${folder}/`);

/** Commands that do not run: each has the result that `answer` gives, whether its output is gathered or saved. */
export function cannedCommands(answer: (command: Argv) => ProgramResult<Buffer>): ProgramRunner {
  return {
    run: (command) => Promise.resolve(answer(command)),
    async save(command) {
      const result = answer(command);
      if (result.status !== 'done') return result;
      const output = await newTemporaryFile();
      await writeFile(output.path, result.output);
      return { status: 'done', output };
    },
  };
}

/** A clipboard's content as a test compares it: of an image the bytes, and its file is gone. */
export async function contentWithBytes(content: ClipboardContent) {
  if (content.type !== 'image') return content;
  const bytes = await readFile(content.file.path);
  await content.file.remove();
  return { type: content.type, bytes };
}
