import { thrownMessage } from '../../shared/thrown-message.js';
import type { TemporaryFile } from '../system/temporary-file.js';

/** A program and its arguments. No shell sees it. */
export type CommandLine = readonly [program: string, ...args: string[]];

/** The environment that a command sees. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** How a command ended. */
export type CommandResult<Output> = { readonly status: 'done'; readonly output: Output } | CommandFailure;

/** How a command failed: nothing is kept of what it wrote. `stopped`: the signal aborted. */
export type CommandFailure =
  | { readonly status: 'failed'; readonly stderr: string }
  | { readonly status: 'missing' | 'too-large' | 'stopped' };

/** What kills a command: its signal, or writing over `maxBytes`. */
export type CommandBounds = { readonly maxBytes: number; readonly signal: AbortSignal };

/** The port for running commands. */
export type CommandRunner = {
  /** Gathers what a command writes: for what is short. */
  run(command: CommandLine, bounds: CommandBounds): Promise<CommandResult<Buffer>>;
  /** Lets it write to a file: the megabytes of a picture would hold up keys if they came into this program. */
  save(command: CommandLine, bounds: CommandBounds): Promise<CommandResult<TemporaryFile>>;
};

/** Also what keeps a command from being started is a way to fail: a full disk, too many open files. */
export function asFailure(error: unknown): CommandFailure {
  return { status: 'failed', stderr: thrownMessage(error) };
}
