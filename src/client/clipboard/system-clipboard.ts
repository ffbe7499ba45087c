import process from 'node:process';
import { thrownMessage } from '../../shared/thrown-message.js';
import { programRunner, type Argv, type ProgramRunner } from '../system/program.js';
import { raceTimeout, withTimeout } from '../../shared/async/with-timeout.js';
import { createMutex } from '../../shared/async/mutex.js';
import type { Clipboard, ClipboardContent, NothingReason, WrittenTo } from './clipboard.js';
import { readCommand } from './command-clipboard.js';
import { readMacos } from './macos-clipboard.js';
import { findPastedImages } from './pasted-images.js';
import { readSelection, waylandTool, x11Tool } from './read-selection.js';
import { readWindows, windowsHost, wslHost } from './windows-clipboard.js';

/** The arguments of `systemClipboard`. */
export type SystemClipboardOptions = Partial<TerminalEnvironment> & {
  /** Replaces all other ways to read the clipboard: it writes an image or text to stdout. */
  readonly command?: Argv;
  readonly commands?: ProgramRunner;
  readonly sourceTimeoutMs?: number;
  readonly findImages?: (text: string) => Promise<readonly string[] | undefined>;
};

/** Starting PowerShell alone can take seconds. */
const timeoutsMs = { wayland: 3000, x11: 3000, macos: 5000, windows: 10_000, wsl: 10_000, command: 10_000 };

/** Tries the sources in turn; if all fail, the first reason counts. A text that names image files is read as files. */
export function systemClipboard(options: SystemClipboardOptions = {}): Clipboard {
  const { platform = process.platform, env = process.env, command, sourceTimeoutMs } = options;
  const { commands = programRunner(env), findImages = (text: string) => findPastedImages(text) } = options;
  const surroundings = { platform, env };
  const writeInTurn = createMutex();

  async function readAny(signal: AbortSignal): Promise<ClipboardContent> {
    const withSourceTimeout = (
      name: keyof typeof timeoutsMs,
      read: (signal: AbortSignal) => Promise<ClipboardContent>,
    ) => withTimeout(sourceTimeoutMs ?? timeoutsMs[name], signal, read).catch(asFailed);
    if (command) return withSourceTimeout('command', (limited) => readCommand(command, commands, limited));
    let reason: NothingReason | undefined;
    for (const source of clipboardSources(surroundings)) {
      const content = await withSourceTimeout(source, (limited) =>
        readSource(source, env, commands, limited),
      );
      if (content.type !== 'nothing') return content;
      reason ??= content.reason;
      signal.throwIfAborted();
      if (isAnswer(content.reason)) break;
    }
    if (isOverSsh(surroundings)) return { type: 'nothing', reason: { kind: 'remote' } };
    return { type: 'nothing', reason: reason ?? { kind: 'no-display' } };
  }

  /** Over SSH the clipboard of this machine is not the user's, but tmux reaches their terminal. */
  async function writeAny(text: string): Promise<WrittenTo> {
    const sources = isOverSsh(surroundings) ? [] : clipboardSources(surroundings);
    for (const source of sources) if (await writeSource(source, text, commands)) return 'clipboard';
    if (!env.TMUX) return 'unavailable';
    return (await feeds(['tmux', 'load-buffer', '-w', '-'], text, commands)) ? 'tmux' : 'unavailable';
  }

  return {
    write: (text) => writeInTurn(() => writeAny(text)),
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

/** For a temporary file that cannot be read or written. */
function asFailed(error: unknown): ClipboardContent {
  return { type: 'nothing', reason: { kind: 'failed', detail: thrownMessage(error) } };
}

/** The clipboard was reached, so another source would have the same content. */
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

const writeTimeoutMs = 3000;

async function writeSource(source: ClipboardSource, text: string, commands: ProgramRunner): Promise<boolean> {
  switch (source) {
    case 'wayland':
      return feeds(['wl-copy', '--type', 'text/plain'], text, commands);
    case 'x11':
      return feeds(['xclip', '-selection', 'clipboard', '-i'], text, commands);
    case 'macos':
    case 'windows':
    case 'wsl': {
      const written = import('clipboardy').then(({ default: clipboardy }) => clipboardy.write(text));
      return (
        (await raceTimeout(
          writeTimeoutMs,
          written.then(
            () => true,
            () => false,
          ),
        )) ?? false
      );
    }
  }
}

async function feeds(command: Argv, text: string, commands: ProgramRunner): Promise<boolean> {
  const { status } = await withTimeout(writeTimeoutMs, new AbortController().signal, (signal) =>
    commands.feed(command, text, signal),
  );
  return status === 'done';
}

type ClipboardSource = 'wayland' | 'x11' | 'macos' | 'windows' | 'wsl';

type TerminalEnvironment = {
  readonly platform: NodeJS.Platform;
  readonly env: Readonly<Record<string, string | undefined>>;
};

/** The likeliest first. Wayland desktops keep the X11 clipboard in step. The Linux side of WSL has only BMP images. */
export function clipboardSources({ platform, env }: TerminalEnvironment): ClipboardSource[] {
  if (platform === 'darwin') return ['macos'];
  if (platform === 'win32') return ['windows'];
  const sources: ClipboardSource[] = [];
  if ([env.WSL_DISTRO_NAME, env.WSL_INTEROP].some(Boolean)) sources.push('wsl');
  if (env.WAYLAND_DISPLAY) sources.push('wayland');
  if (env.DISPLAY) sources.push('x11');
  return sources;
}

export function isOverSsh({ env }: TerminalEnvironment): boolean {
  return [env.SSH_CONNECTION, env.SSH_TTY, env.SSH_CLIENT].some(Boolean);
}
