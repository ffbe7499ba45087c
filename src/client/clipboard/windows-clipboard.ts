import { maxSourceBytes } from '../images/image-header.js';
import { decodeText } from '../../shared/text.js';
import type { ClipboardContent } from './clipboard.js';
import { commandFailure } from './command-clipboard.js';
import { powerShellArguments } from './powershell-script.js';
import type { RunCommand } from './run-command.js';

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
  run: RunCommand,
  signal: AbortSignal,
): Promise<ClipboardContent> {
  // Base64 takes 4 bytes for 3.
  const maxBytes = Math.ceil((maxSourceBytes * 4) / 3) + 1024;
  const result = await run([host.powerShell, ...powerShellArguments], { maxBytes, signal });
  if (result.status !== 'done') return { type: 'nothing', reason: commandFailure(result, 'PowerShell') };
  const [kind, ...lines] = result.stdout.toString('latin1').trim().split(/\r?\n/);
  const items = lines.map((line) => Buffer.from(line, 'base64'));
  const [first] = items;
  if (kind === 'image' && first) return { type: 'image', bytes: first };
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
