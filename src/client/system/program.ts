import { spawn } from 'node:child_process';
import type { Readable } from 'node:stream';
import { errorCode } from '../../shared/error-code.js';
import { thrownMessage } from '../../shared/thrown-message.js';
import { programEnvironment } from './program-environment.js';
import type { TemporaryFile } from './temporary-file.js';

/** A program and its arguments. No shell sees it. */
export type Argv = readonly [program: string, ...args: string[]];

/** The environment that a command sees. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** How a command ended. */
export type ProgramResult<Output> = { readonly status: 'done'; readonly output: Output } | ProgramFailure;

/** How a command failed: nothing is kept of what it wrote. `stopped`: the signal aborted. */
export type ProgramFailure =
  | { readonly status: 'failed'; readonly stderr: string }
  | { readonly status: 'missing' | 'too-large' | 'stopped' };

/** What kills a command: its signal, or writing over `maxBytes`. */
export type ProgramLimits = { readonly maxBytes: number; readonly signal: AbortSignal };

/** The port for running commands. */
export type ProgramRunner = {
  /** Gathers what a command writes: for what is short. */
  run(command: Argv, bounds: ProgramLimits): Promise<ProgramResult<Buffer>>;
  /** Lets it write to a file: the megabytes of a picture would hold up keys if they came into this program. */
  save(command: Argv, bounds: ProgramLimits): Promise<ProgramResult<TemporaryFile>>;
};

/** Also what keeps a command from being started is a way to fail: a full disk, too many open files. */
export function asFailure(error: unknown): ProgramFailure {
  return { status: 'failed', stderr: thrownMessage(error) };
}

/** A command that runs. */
export type StartedProgram = {
  /** What it writes, where that comes through a pipe. */
  readonly stdout: Readable | null;
  /** Resolves at its end, by itself or not: `undefined` for a good one. */
  readonly ended: Promise<ProgramFailure | undefined>;
  /** Kills it. */
  end(status: 'stopped' | 'too-large'): void;
};

/** What is kept of a tool's explanation. */
const maxStderrBytes = 4096;

/**
 * Starts a command that writes to a pipe, or to an open file. Its stdin is empty; it is killed when the signal aborts.
 * @throws Error for a name that no program can have, and where no more processes are to be had.
 */
export function startProgram(
  [program, ...args]: Argv,
  output: 'pipe' | number,
  env: Environment,
  signal: AbortSignal,
): StartedProgram {
  const child = spawn(program, args, {
    env: programEnvironment(env),
    stdio: ['ignore', output, 'pipe'],
    windowsHide: true,
  });
  let stderr = '';
  let settle: (failure?: ProgramFailure) => void = () => undefined;
  const ended = new Promise<ProgramFailure | undefined>((resolve) => {
    settle = (failure) => {
      signal.removeEventListener('abort', stop);
      resolve(failure);
    };
  });

  /** A tool that waits for another program's answer may not listen to anything less than SIGKILL. */
  const end = (status: 'stopped' | 'too-large'): void => {
    child.kill('SIGKILL');
    child.stdout?.destroy();
    child.stderr?.destroy();
    settle({ status });
  };
  const stop = (): void => end('stopped');

  // First: where there are too many open files there are no pipes to listen to.
  child.on('error', (error) => {
    settle(
      errorCode(error) === 'ENOENT' ? { status: 'missing' } : { status: 'failed', stderr: error.message },
    );
  });
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    stderr = (stderr + text).slice(0, maxStderrBytes);
  });
  child.on('close', (code, by) => {
    if (code === 0) settle();
    else settle({ status: 'failed', stderr: stderr || `it ended with ${String(code ?? by)}` });
  });
  if (signal.aborted) stop();
  else signal.addEventListener('abort', stop, { once: true });
  return { stdout: child.stdout, ended, end };
}
