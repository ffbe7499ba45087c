import { spawn } from 'node:child_process';
import type { Readable } from 'node:stream';
import { errorCode } from '../../shared/error-code.js';
import { thrownMessage } from '../../shared/thrown-message.js';
import { programEnvironment } from './program-environment.js';
import type { TemporaryFile } from './temporary-file.js';

/** A program and its arguments. No shell interprets them. */
export type Argv = readonly [program: string, ...args: string[]];

/** The environment of a program. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** How a program ended. */
export type ProgramResult<Output> = { readonly status: 'done'; readonly output: Output } | ProgramFailure;

/** How a program failed; its output is discarded. `stopped`: the signal aborted. */
export type ProgramFailure =
  | { readonly status: 'failed'; readonly stderr: string }
  | { readonly status: 'missing' | 'too-large' | 'stopped' };

/** What kills a program: its signal, or an output of more than `maxBytes`. */
export type ProgramLimits = { readonly maxBytes: number; readonly signal: AbortSignal };

/** The port for running programs. */
export type ProgramRunner = {
  /** Collects short output in memory. */
  run(command: Argv, bounds: ProgramLimits): Promise<ProgramResult<Buffer>>;
  /** Lets the program write to a file: megabytes of image data in this process would delay keys. */
  save(command: Argv, bounds: ProgramLimits): Promise<ProgramResult<TemporaryFile>>;
};

/** For failures to start a program: a full disk, too many open files. */
export function asFailure(error: unknown): ProgramFailure {
  return { status: 'failed', stderr: thrownMessage(error) };
}

/** A running program. */
export type StartedProgram = {
  /** Its output, if that goes through a pipe. */
  readonly stdout: Readable | null;
  /** Resolves at its end: undefined if it succeeded. */
  readonly ended: Promise<ProgramFailure | undefined>;
  end(status: 'stopped' | 'too-large'): void;
};

/** A longer explanation is cut. */
const maxStderrBytes = 4096;

/**
 * Starts a program that writes to a pipe or to an open file. Its stdin is empty. It is killed when the signal
 * aborts. Throws an Error for an impossible name, and if no more processes can be started.
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

  /** A tool that waits for another program may react only to SIGKILL. */
  const end = (status: 'stopped' | 'too-large'): void => {
    child.kill('SIGKILL');
    child.stdout?.destroy();
    child.stderr?.destroy();
    settle({ status });
  };
  const stop = (): void => end('stopped');

  // First, because with too many open files there are no pipes to listen to.
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
