import { spawn } from 'node:child_process';
import { setImmediate } from 'node:timers/promises';
import { errorCode } from '../../shared/error-code.js';
import { thrownMessage } from '../../shared/thrown-message.js';

/** A program and its arguments. No shell sees it. */
export type CommandLine = readonly [program: string, ...args: string[]];

/** How a command ended. `stopped`: the signal aborted. */
export type CommandResult =
  | { readonly status: 'done'; readonly stdout: Buffer }
  | { readonly status: 'failed'; readonly stderr: string }
  | { readonly status: 'missing' | 'too-large' | 'stopped' };

/** The port for running a command: it is killed when the signal aborts, or when it writes over `maxBytes`. */
export type RunCommand = (
  command: CommandLine,
  bounds: { readonly maxBytes: number; readonly signal: AbortSignal },
) => Promise<CommandResult>;

/** What is kept of a tool's explanation. */
const maxStderrBytes = 4096;
/** So much is copied in a turn of the event loop: a picture of many megabytes must not hold up keys. */
const bytesATurn = 1024 * 1024;

/** Runs programs of this machine, in the given environment. Their stdin is empty. */
export function commandRunner(env: Readonly<Record<string, string | undefined>>): RunCommand {
  return async (command, bounds) => {
    try {
      const output = await gatherOutput(command, bounds, env);
      return 'pieces' in output ? { status: 'done', stdout: await joinInTurns(output.pieces) } : output;
    } catch (error) {
      // A name that no program can have, or no more processes or files to be had.
      return { status: 'failed', stderr: thrownMessage(error) };
    }
  };
}

type Output = { readonly pieces: readonly Buffer[] } | Exclude<CommandResult, { status: 'done' }>;

function gatherOutput(
  [program, ...args]: CommandLine,
  { maxBytes, signal }: Parameters<RunCommand>[1],
  env: Readonly<Record<string, string | undefined>>,
): Promise<Output> {
  return new Promise((resolve) => {
    const child = spawn(program, args, { env, stdio: ['ignore', 'pipe', 'pipe'], windowsHide: true });
    const pieces: Buffer[] = [];
    let size = 0;
    let stderr = '';

    const settle = (output: Output): void => {
      signal.removeEventListener('abort', stop);
      resolve(output);
    };
    /** A tool that waits for another program's answer may not listen to anything less than SIGKILL. */
    const end = (status: 'stopped' | 'too-large'): void => {
      child.kill('SIGKILL');
      child.stdout.destroy();
      child.stderr.destroy();
      settle({ status });
    };
    const stop = (): void => end('stopped');

    // First: where there are too many open files there is no stdout to listen to.
    child.on('error', (error) => {
      settle(
        errorCode(error) === 'ENOENT' ? { status: 'missing' } : { status: 'failed', stderr: error.message },
      );
    });
    child.stdout.on('data', (piece: Buffer) => {
      size += piece.length;
      if (size > maxBytes) end('too-large');
      else pieces.push(piece);
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      stderr = (stderr + text).slice(0, maxStderrBytes);
    });
    child.on('close', (code, by) => {
      if (code === 0) settle({ pieces });
      else settle({ status: 'failed', stderr: stderr || `it ended with ${String(code ?? by)}` });
    });
    signal.addEventListener('abort', stop, { once: true });
    if (signal.aborted) stop();
  });
}

async function joinInTurns(pieces: readonly Buffer[]): Promise<Buffer> {
  const joined = Buffer.allocUnsafeSlow(pieces.reduce((sum, { length }) => sum + length, 0));
  let filled = 0;
  let copied = 0;
  for (const piece of pieces) {
    piece.copy(joined, filled);
    filled += piece.length;
    copied += piece.length;
    if (copied < bytesATurn) continue;
    copied = 0;
    await setImmediate();
  }
  return joined;
}
