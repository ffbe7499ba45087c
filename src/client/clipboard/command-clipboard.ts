import { readFile } from 'node:fs/promises';
import { decodeStrictText } from '../../shared/text.js';
import { maxSourceBytes } from '../images/decode/image-header.js';
import { isImageFile } from '../images/decode/read-image-file.js';
import type { ProgramFailure, Argv, ProgramRunner } from '../system/program.js';
import type { ClipboardContent, NothingReason } from './clipboard.js';

/** Reads the output of the user's own command: an image, recognised by its first bytes, or text. */
export async function readCommand(
  command: Argv,
  commands: ProgramRunner,
  signal: AbortSignal,
): Promise<ClipboardContent> {
  const result = await commands.save(command, { maxBytes: maxSourceBytes, signal });
  if (result.status !== 'done') return { type: 'nothing', reason: programFailure(result, command[0]) };
  const file = result.output;
  if (await isImageFile(file.path)) return { type: 'image', file };
  try {
    return interpretText(await readFile(file.path));
  } finally {
    await file.remove();
  }
}

function interpretText(bytes: Buffer): ClipboardContent {
  if (bytes.length === 0) return { type: 'nothing', reason: { kind: 'empty' } };
  const text = decodeStrictText(bytes);
  if (text === undefined) return { type: 'nothing', reason: { kind: 'no-image-or-text' } };
  return { type: 'text', text };
}

/** Explains a failed program. */
export function programFailure(result: ProgramFailure, installPackage: string): NothingReason {
  switch (result.status) {
    case 'missing':
      return { kind: 'no-tool', install: installPackage };
    case 'too-large':
      return { kind: 'too-large', maxBytes: maxSourceBytes };
    case 'stopped':
      return { kind: 'timed-out' };
    case 'failed':
      return { kind: 'failed', detail: firstLine(result.stderr) };
  }
}

function firstLine(stderr: string): string {
  const line = stderr.split('\n').find((each) => each.trim() !== '') ?? 'no explanation';
  return line.trim().slice(0, 200);
}
