import { decodeText } from '../../shared/text.js';
import { maxSourceBytes } from '../images/decode/image-header.js';
import { isImageFile } from '../images/decode/read-image-file.js';
import type { ProgramFailure, Argv, ProgramResult, ProgramRunner } from '../system/program.js';
import type { TemporaryFile } from '../system/private-file.js';
import type { ClipboardContent, NothingReason } from './clipboard.js';
import { programFailure } from './command-clipboard.js';
import { filesOfUriList } from './pasted-path.js';

/** A program that lists and reads the content types of an X11 or Wayland clipboard. */
export type SelectionTool = {
  readonly installPackage: string;
  readonly listTypes: Argv;
  readType(type: string): Argv;
  readonly emptyStderr: RegExp;
};

// Lossless first, whatever the order in which a program offers them.
const imageTypes = ['image/png', 'image/jpeg', 'image/webp', 'image/gif', 'image/tiff'];
const fileTypes = ['text/uri-list', 'x-special/gnome-copied-files'];
const textTypes = ['text/plain;charset=utf-8', 'UTF8_STRING', 'text/plain', 'STRING', 'TEXT'];
/** Any program may own the clipboard and offer a longer list. */
const maxListBytes = 64 * 1024;

/** Prefers an image to copied files and those to text. The content of an image type must begin like an image. */
export async function readSelection(
  tool: SelectionTool,
  commands: ProgramRunner,
  signal: AbortSignal,
): Promise<ClipboardContent> {
  const listed = await commands.run(tool.listTypes, { maxBytes: maxListBytes, signal });
  if (listed.status !== 'done') return nothing(failure(listed, tool));
  const offered = new Set(decodeText(listed.output).split(/\r?\n/));

  let reason: NothingReason = { kind: 'no-image-or-text' };
  for (const type of [...imageTypes, ...fileTypes, ...textTypes]) {
    if (!offered.has(type)) continue;
    const result = await read(type, tool.readType(type), commands, signal);
    if (result.status === 'done') {
      if (result.output) return result.output;
      if (textTypes.includes(type)) reason = { kind: 'empty' };
      continue;
    }
    reason = failure(result, tool);
    if (result.status !== 'failed') return nothing(reason);
  }
  return nothing(reason);
}

/** The output is undefined if the content is empty or does not match its type. */
async function read(
  type: string,
  command: Argv,
  commands: ProgramRunner,
  signal: AbortSignal,
): Promise<ProgramResult<ClipboardContent | undefined>> {
  const bounds = { maxBytes: maxSourceBytes, signal };
  if (imageTypes.includes(type)) {
    const result = await commands.save(command, bounds);
    return result.status === 'done' ? { status: 'done', output: await asImage(result.output) } : result;
  }
  const result = await commands.run(command, bounds);
  return result.status === 'done' ? { status: 'done', output: interpret(type, result.output) } : result;
}

async function asImage(file: TemporaryFile): Promise<ClipboardContent | undefined> {
  if (await isImageFile(file.path)) return { type: 'image', file };
  await file.remove();
  return undefined;
}

function interpret(type: string, bytes: Buffer): ClipboardContent | undefined {
  const text = decodeText(bytes);
  if (!fileTypes.includes(type)) return text === '' ? undefined : { type: 'text', text };
  const paths = filesOfUriList(text);
  return paths.length > 0 ? { type: 'files', paths } : undefined;
}

function failure(result: ProgramFailure, tool: SelectionTool): NothingReason {
  if (result.status === 'failed' && tool.emptyStderr.test(result.stderr)) return { kind: 'empty' };
  return programFailure(result, tool.installPackage);
}

function nothing(reason: NothingReason): ClipboardContent {
  return { type: 'nothing', reason };
}

export const waylandTool: SelectionTool = {
  installPackage: 'wl-clipboard',
  listTypes: ['wl-paste', '--list-types'],
  readType: (type) => ['wl-paste', '--no-newline', '--type', type],
  emptyStderr: /nothing is copied|no selection/i,
};

const clipboard = ['-selection', 'clipboard', '-o', '-t'];

export const x11Tool: SelectionTool = {
  installPackage: 'xclip',
  listTypes: ['xclip', ...clipboard, 'TARGETS'],
  readType: (type) => ['xclip', ...clipboard, type],
  emptyStderr: /target \S+ not available|no owner/i,
};
