import { open, readFile, type FileHandle } from 'node:fs/promises';
import { decodeText } from '../../shared/text.js';
import { maxSourceBytes } from '../images/decode/image-header.js';
import { isImageFile } from '../images/decode/read-image-file.js';
import type { ProgramRunner } from '../system/program.js';
import type { TemporaryFile } from '../system/temporary-file.js';
import type { ClipboardContent } from './clipboard.js';
import { programFailure } from './command-clipboard.js';
import { powerShellArguments } from './powershell-script.js';

/** Where PowerShell is, and how a Windows path is written here. */
export type WindowsHost = { readonly powerShell: string; localPath(windowsPath: string): string };

const powerShellFolder = 'System32\\WindowsPowerShell\\v1.0\\powershell.exe';

/** Windows itself. The absolute path works whatever the search path is. */
export function windowsHost(systemRoot = 'C:\\Windows'): WindowsHost {
  return { powerShell: `${systemRoot}\\${powerShellFolder}`, localPath: (path) => path };
}

/** Windows seen from WSL, its drives at the default place. */
export const wslHost: WindowsHost = {
  powerShell: wslPath(`C:\\Windows\\${powerShellFolder}`),
  localPath: wslPath,
};

/** Reads the clipboard of Windows through PowerShell. */
export async function readWindows(
  host: WindowsHost,
  commands: ProgramRunner,
  signal: AbortSignal,
): Promise<ClipboardContent> {
  // Base64 takes 4 bytes for 3.
  const maxBytes = Math.ceil((maxSourceBytes * 4) / 3) + 1024;
  const result = await commands.save([host.powerShell, ...powerShellArguments], { maxBytes, signal });
  if (result.status !== 'done') return { type: 'nothing', reason: programFailure(result, 'PowerShell') };
  const file = result.output;
  let content: ClipboardContent | undefined;
  try {
    content = await readAnswer(file, host);
    return content;
  } finally {
    if (content?.type !== 'image') await file.remove();
  }
}

/** The longest kind and its line end are shorter. */
const kindBytes = 16;

async function readAnswer(file: TemporaryFile, host: WindowsHost): Promise<ClipboardContent> {
  const [line = '', kind = ''] = /^(\w+)\r?\n?/.exec(await readStart(file.path)) ?? [];
  if (kind === 'image') {
    await decodeBase64File(file.path, line.length);
    if (await isImageFile(file.path)) return { type: 'image', file };
    return { type: 'nothing', reason: { kind: 'no-image-or-text' } };
  }
  return interpret(kind, (await readFile(file.path, 'latin1')).slice(line.length), host);
}

async function readStart(path: string): Promise<string> {
  const file = await open(path);
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(kindBytes), 0, kindBytes, 0);
    return buffer.toString('latin1', 0, bytesRead);
  } finally {
    await file.close();
  }
}

function interpret(kind: string, body: string, host: WindowsHost): ClipboardContent {
  const items = body
    .trim()
    .split(/\r?\n/)
    .map((line) => Buffer.from(line, 'base64'));
  const [first] = items;
  if (kind === 'files' && first) {
    return { type: 'files', paths: items.map((item) => host.localPath(decodeText(item))) };
  }
  if (kind === 'text' && first) return { type: 'text', text: decodeText(first) };
  return { type: 'nothing', reason: { kind: kind === 'empty' ? 'empty' : 'no-image-or-text' } };
}

/** `C:\a\b` as `/mnt/c/a/b`; a path without a drive stays as it is. */
function wslPath(path: string): string {
  const [, drive, rest] = /^([A-Za-z]):\\(.*)$/s.exec(path) ?? [];
  if (drive === undefined || rest === undefined) return path;
  return `/mnt/${drive.toLowerCase()}/${rest.replaceAll('\\', '/')}`;
}

/** So much is decoded in a turn of the event loop: a millisecond or two. A multiple of four letters. */
const charactersPerRead = 1024 * 1024;

/**
 * Turns the base64 in a file, from a position on, into what it means: then the file holds nothing else. It takes no
 * other room, since what is written is always shorter than what was read.
 */
export async function decodeBase64File(path: string, from: number): Promise<void> {
  const file = await open(path, 'r+');
  try {
    await file.truncate(await decode(file, from));
  } finally {
    await file.close();
  }
}

/** Returns how many bytes were written from the start of the file. */
async function decode(file: FileHandle, from: number): Promise<number> {
  const letters = Buffer.allocUnsafeSlow(charactersPerRead);
  let written = 0;
  for (let at = from; ;) {
    const { bytesRead } = await file.read(letters, 0, letters.length, at);
    if (bytesRead === 0) return written;
    // Four letters make three bytes; what is left over at the end is padding's line end, if anything.
    const length = bytesRead < 4 ? bytesRead : bytesRead - (bytesRead % 4);
    const bytes = Buffer.from(letters.toString('latin1', 0, length), 'base64');
    await file.write(bytes, 0, bytes.length, written);
    at += length;
    written += bytes.length;
  }
}
