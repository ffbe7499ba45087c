import process from 'node:process';
import { thrownMessage } from '../../shared/thrown-message.js';
import { programRunner } from '../system/program-runner.js';
import type { Argv, ProgramRunner } from '../system/program.js';
import { withTimeout } from '../../shared/async/with-timeout.js';
import type { Clipboard, ClipboardContent, NothingReason } from './clipboard.js';
import { readCommand } from './command-clipboard.js';
import { readMacos } from './macos-clipboard.js';
import { findPastedImages } from './pasted-images.js';
import { readSelection, waylandTool, x11Tool } from './read-selection.js';
import { readWindows, windowsHost, wslHost } from './windows-clipboard.js';

/** What of the clipboard can be replaced. */
export type SystemClipboardOptions = Partial<TerminalEnvironment> & {
  /** The user's own way to read the clipboard, instead of every other: it writes an image or text to stdout. */
  readonly command?: Argv;
  readonly commands?: ProgramRunner;
  /** How long one source may take, in milliseconds. */
  readonly timeout?: number;
  /** Tells which image files a text names; see `findPastedImages`. */
  readonly findImages?: (text: string) => Promise<readonly string[] | undefined>;
};

/** In milliseconds: starting PowerShell alone can take seconds. */
const timeouts = { wayland: 3000, x11: 3000, macos: 5000, windows: 10_000, wsl: 10_000, command: 10_000 };

/**
 * The clipboard of the desktop that this program runs on. A text that only names image files comes as those files.
 * A source that fails is followed by the next one; the first one's reason is told.
 */
export function systemClipboard(options: SystemClipboardOptions = {}): Clipboard {
  const { platform = process.platform, env = process.env, command, timeout } = options;
  const { commands = programRunner(env), findImages = (text: string) => findPastedImages(text) } = options;
  const surroundings = { platform, env };

  async function readAny(signal: AbortSignal): Promise<ClipboardContent> {
    const within = (name: keyof typeof timeouts, read: (signal: AbortSignal) => Promise<ClipboardContent>) =>
      withTimeout(timeout ?? timeouts[name], signal, read).catch(asFailed);
    if (command) return within('command', (inTime) => readCommand(command, commands, inTime));
    let reason: NothingReason | undefined;
    for (const source of clipboardSources(surroundings)) {
      const content = await within(source, (inTime) => readSource(source, env, commands, inTime));
      if (content.type !== 'nothing') return content;
      reason ??= content.reason;
      signal.throwIfAborted();
      if (isAnswer(content.reason)) break;
    }
    if (isOverSsh(surroundings)) return { type: 'nothing', reason: { kind: 'remote' } };
    return { type: 'nothing', reason: reason ?? { kind: 'no-display' } };
  }

  return {
    async read(signal) {
      signal.throwIfAborted();
      const content = await readAny(signal);
      if (signal.aborted && content.type === 'image') await content.file.remove();
      signal.throwIfAborted();
      if (content.type !== 'text') return content;
      const paths = await findImages(content.text);
      return paths ? { type: 'files', paths } : content;
    },
  };
}

/** A file of ours that cannot be read or written. */
function asFailed(error: unknown): ClipboardContent {
  return { type: 'nothing', reason: { kind: 'failed', detail: thrownMessage(error) } };
}

/** True if the clipboard was reached: then another way to it would show the same. */
function isAnswer(reason: NothingReason): boolean {
  return reason.kind === 'empty' || reason.kind === 'no-image-or-text';
}

function readSource(
  source: ClipboardSource,
  env: TerminalEnvironment['env'],
  commands: ProgramRunner,
  signal: AbortSignal,
): Promise<ClipboardContent> {
  switch (source) {
    case 'wayland':
      return readSelection(waylandTool, commands, signal);
    case 'x11':
      return readSelection(x11Tool, commands, signal);
    case 'macos':
      return readMacos(signal);
    case 'windows':
      return readWindows(windowsHost(env.SystemRoot), commands, signal);
    case 'wsl':
      return readWindows(wslHost, commands, signal);
  }
}

/** A place to read a clipboard from. */
type ClipboardSource = 'wayland' | 'x11' | 'macos' | 'windows' | 'wsl';

/** What decides where the clipboard is. */
type TerminalEnvironment = {
  readonly platform: NodeJS.Platform;
  readonly env: Readonly<Record<string, string | undefined>>;
};

/**
 * Where to look for the clipboard, the likeliest first. Under Wayland the X11 side comes second, since desktops
 * keep both in step. In WSL the clipboard is that of Windows: the Linux side offers its images as BMP only.
 */
export function clipboardSources({ platform, env }: TerminalEnvironment): ClipboardSource[] {
  if (platform === 'darwin') return ['macos'];
  if (platform === 'win32') return ['windows'];
  const sources: ClipboardSource[] = [];
  if ([env.WSL_DISTRO_NAME, env.WSL_INTEROP].some(Boolean)) sources.push('wsl');
  if (env.WAYLAND_DISPLAY) sources.push('wayland');
  if (env.DISPLAY) sources.push('x11');
  return sources;
}

/** True if this runs at the far end of an SSH connection, where the clipboard is not the one of the person typing. */
export function isOverSsh({ env }: TerminalEnvironment): boolean {
  return [env.SSH_CONNECTION, env.SSH_TTY, env.SSH_CLIENT].some(Boolean);
}
