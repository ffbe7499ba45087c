import { open, readFile, type FileHandle } from 'node:fs/promises';
import { decodeText } from '../../shared/text.js';
import { maxSourceBytes } from '../images/decode/image-header.js';
import { isImageFile } from '../images/decode/read-image-file.js';
import type { ProgramRunner } from '../system/program.js';
import type { TemporaryFile } from '../system/temporary-file.js';
import type { ClipboardContent } from './clipboard.js';
import { programFailure } from './command-clipboard.js';
import { powerShellArguments } from './powershell-script.js';

/** Windows, as seen from this process. */
export type WindowsHost = { readonly powerShell: string; localPath(windowsPath: string): string };

const powerShellFolder = 'System32\\WindowsPowerShell\\v1.0\\powershell.exe';

export function windowsHost(systemRoot = 'C:\\Windows'): WindowsHost {
  return { powerShell: `${systemRoot}\\${powerShellFolder}`, localPath: (path) => path };
}

/** For WSL with its default mount points. */
export const wslHost: WindowsHost = {
  powerShell: wslPath(`C:\\Windows\\${powerShellFolder}`),
  localPath: wslPath,
};

/** Runs PowerShell with the script. */
export async function readWindows(
  host: WindowsHost,
  commands: ProgramRunner,
  signal: AbortSignal,
): Promise<ClipboardContent> {
  // Base64 has 4 bytes for 3.
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

/** Longer than any kind with its line end. */
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

function wslPath(path: string): string {
  const [, drive, rest] = /^([A-Za-z]):\\(.*)$/s.exec(path) ?? [];
  if (drive === undefined || rest === undefined) return path;
  return `/mnt/${drive.toLowerCase()}/${rest.replaceAll('\\', '/')}`;
}

/** Decoding this much blocks the event loop for 1 to 2 ms. */
const charactersPerRead = 1024 * 1024;

/** Decodes a file in place, from an offset on: the output is always shorter than the input. */
export async function decodeBase64File(path: string, from: number): Promise<void> {
  const file = await open(path, 'r+');
  try {
    await file.truncate(await decode(file, from));
  } finally {
    await file.close();
  }
}

async function decode(file: FileHandle, from: number): Promise<number> {
  const characters = Buffer.allocUnsafeSlow(charactersPerRead);
  let written = 0;
  for (let offset = from; ;) {
    const { bytesRead } = await file.read(characters, 0, characters.length, offset);
    if (bytesRead === 0) return written;
    // Whole groups of four characters; at the end only the line end remains.
    const length = bytesRead < 4 ? bytesRead : bytesRead - (bytesRead % 4);
    const bytes = Buffer.from(characters.toString('latin1', 0, length), 'base64');
    await file.write(bytes, 0, bytes.length, written);
    offset += length;
    written += bytes.length;
  }
}
