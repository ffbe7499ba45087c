import { open, readFile, type FileHandle } from 'node:fs/promises';
import { decodeText } from '../../shared/text.js';
import { maxSourceBytes } from '../images/decode/image-header.js';
import { isImageFile } from '../images/decode/read-image-file.js';
import type { ProgramRunner } from '../system/program.js';
import type { TemporaryFile } from '../system/private-file.js';
import type { ClipboardContent } from './clipboard.js';
import { programFailure } from './command-clipboard.js';

/** Windows, as seen from this process. */
type WindowsHost = { readonly powerShell: string; localPath(windowsPath: string): string };

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

// Prints the kind, then each item as a line of base64, which no code page changes. Prefers the PNG that browsers offer,
// because the bitmap beside it has lost its transparency.
const script = `
$ErrorActionPreference = 'Stop'
Add-Type -AssemblyName System.Windows.Forms, System.Drawing
function Send([string] $kind, $items) {
  [Console]::Out.WriteLine($kind)
  foreach ($item in $items) { [Console]::Out.WriteLine([Convert]::ToBase64String($item)) }
  exit 0
}
$utf8 = [Text.Encoding]::UTF8
$data = [Windows.Forms.Clipboard]::GetDataObject()
if ($null -eq $data -or $data.GetFormats().Length -eq 0) { Send 'empty' @() }
$png = $data.GetData('PNG')
if ($png -is [IO.MemoryStream]) { Send 'image' @(, $png.ToArray()) }
if ([Windows.Forms.Clipboard]::ContainsImage()) {
  $stream = New-Object IO.MemoryStream
  [Windows.Forms.Clipboard]::GetImage().Save($stream, [Drawing.Imaging.ImageFormat]::Png)
  Send 'image' @(, $stream.ToArray())
}
if ([Windows.Forms.Clipboard]::ContainsFileDropList()) {
  $files = [Windows.Forms.Clipboard]::GetFileDropList()
  Send 'files' @($files | ForEach-Object { , $utf8.GetBytes($_) })
}
if ([Windows.Forms.Clipboard]::ContainsText()) {
  Send 'text' @(, $utf8.GetBytes([Windows.Forms.Clipboard]::GetText()))
}
Send 'other' @()
`;

/** `-Sta`: only single-threaded apartments can read the clipboard. */
const powerShellArguments: readonly string[] = [
  '-NoProfile',
  '-NonInteractive',
  '-Sta',
  '-EncodedCommand',
  Buffer.from(script, 'utf16le').toString('base64'),
];
