import { spawn } from 'node:child_process';
import { open, type FileHandle } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import { errorCode } from '../../shared/error-code.js';
import { thrownMessage } from '../../shared/thrown-message.js';
import { programEnvironment } from './environment.js';
import { type TemporaryFile, temporaryFiles } from './private-file.js';

/** Not interpreted by a shell. */
export type Argv = readonly [program: string, ...args: string[]];

/** The environment of a program. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** The outcome of a program. */
export type ProgramResult<Output> = { readonly status: 'done'; readonly output: Output } | ProgramFailure;

/** The output is discarded. `stopped`: the signal aborted. */
export type ProgramFailure =
  | { readonly status: 'failed'; readonly stderr: string }
  | { readonly status: 'missing' | 'too-large' | 'stopped' };

/** A program over a limit is killed. */
type ProgramLimits = { readonly maxBytes: number; readonly signal: AbortSignal };

/** The port for running programs. */
export type ProgramRunner = {
  run(command: Argv, bounds: ProgramLimits): Promise<ProgramResult<Buffer>>;
  /** The program itself writes to the file: megabytes of data in this process would delay keys. */
  save(command: Argv, bounds: ProgramLimits): Promise<ProgramResult<TemporaryFile>>;
  /** Writes to the program's stdin. It may leave a process of its own behind, as clipboard tools do. */
  feed(command: Argv, input: string, signal: AbortSignal): Promise<ProgramResult<undefined>>;
};

/** For failures before the start, such as a full disk or too many open files. */
function asFailure(error: unknown): ProgramFailure {
  return { status: 'failed', stderr: thrownMessage(error) };
}

/** A running program. */
type StartedProgram = {
  readonly stdout: Readable | null;
  /** Resolves with undefined if the program succeeded. */
  readonly ended: Promise<ProgramFailure | undefined>;
  end(status: 'stopped' | 'too-large'): void;
};

const maxStderrBytes = 4096;

/**
 * `output`: a pipe or a file descriptor; stdin is empty. `detached`: stdin is the input, there is no output, and the program
 * may outlive this one or leave a process behind. Throws if no process can be started.
 */
function startProgram(
  [program, ...args]: Argv,
  output: 'pipe' | 'detached' | number,
  env: Environment,
  signal: AbortSignal,
  input = '',
): StartedProgram {
  const isDetached = output === 'detached';
  const child = spawn(program, args, {
    env: programEnvironment(env),
    // A process that stays in the background keeps its pipes, and would be ended with this terminal.
    stdio: isDetached ? ['pipe', 'ignore', 'ignore'] : ['ignore', output, 'pipe'],
    detached: isDetached,
    // An image viewer has a window to show.
    windowsHide: !isDetached,
  });
  let stderr = '';
  let settle: (failure?: ProgramFailure) => void = () => undefined;
  const ended = new Promise<ProgramFailure | undefined>((resolve) => {
    settle = (failure) => {
      signal.removeEventListener('abort', stop);
      resolve(failure);
    };
  });

  const end = (status: 'stopped' | 'too-large'): void => {
    // A tool that waits for another program may ignore other signals.
    child.kill('SIGKILL');
    child.stdin?.destroy();
    child.stdout?.destroy();
    child.stderr?.destroy();
    settle({ status });
  };
  const stop = (): void => end('stopped');

  // First, because with too many open files there are no pipes.
  child.on('error', (error) => {
    settle(
      errorCode(error) === 'ENOENT' ? { status: 'missing' } : { status: 'failed', stderr: error.message },
    );
  });
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    stderr = (stderr + text).slice(0, maxStderrBytes);
  });
  child.on(isDetached ? 'exit' : 'close', (code, by) => {
    if (code === 0) settle();
    else settle({ status: 'failed', stderr: stderr || `it ended with ${String(code ?? by)}` });
  });
  if (isDetached) child.unref();
  child.stdin?.on('error', () => undefined).end(input);
  if (signal.aborted) stop();
  else signal.addEventListener('abort', stop, { once: true });
  return { stdout: child.stdout, ended, end };
}

export function programRunner(env: Environment, newFile = temporaryFiles('chat-clipboard-')): ProgramRunner {
  return {
    run: (command, bounds) => collectOutput(command, bounds, env).catch(asFailure),
    save: (command, bounds) =>
      newFile()
        .then((file) => saveOutput(file, command, bounds, env))
        .catch(asFailure),
    feed: (command, input, signal) => feedInput(command, input, env, signal).catch(asFailure),
  };
}

async function collectOutput(
  command: Argv,
  { maxBytes, signal }: ProgramLimits,
  env: Environment,
): Promise<ProgramResult<Buffer>> {
  const started = startProgram(command, 'pipe', env, signal);
  const chunks: Buffer[] = [];
  let size = 0;
  started.stdout?.on('data', (chunk: Buffer) => {
    size += chunk.length;
    if (size > maxBytes) started.end('too-large');
    else chunks.push(chunk);
  });
  return (await started.ended) ?? { status: 'done', output: Buffer.concat(chunks) };
}

async function feedInput(
  command: Argv,
  input: string,
  env: Environment,
  signal: AbortSignal,
): Promise<ProgramResult<undefined>> {
  const failure = await startProgram(command, 'detached', env, signal, input).ended;
  return failure ?? { status: 'done', output: undefined };
}

const sizeCheckIntervalMs = 20;

/** Removes the file of a failed program. */
async function saveOutput(
  file: TemporaryFile,
  command: Argv,
  bounds: ProgramLimits,
  env: Environment,
): Promise<ProgramResult<TemporaryFile>> {
  const failure = await write(file.path, command, bounds, env).catch(asFailure);
  if (!failure) return { status: 'done', output: file };
  await file.remove();
  return failure;
}

async function write(
  path: string,
  command: Argv,
  bounds: ProgramLimits,
  env: Environment,
): Promise<ProgramFailure | undefined> {
  const handle = await open(path, 'wx', 0o600);
  try {
    return await writeTo(handle, command, bounds, env);
  } finally {
    await handle.close();
  }
}

async function writeTo(
  handle: FileHandle,
  command: Argv,
  { maxBytes, signal }: ProgramLimits,
  env: Environment,
): Promise<ProgramFailure | undefined> {
  const isTooLarge = async () => (await handle.stat()).size > maxBytes;
  const started = startProgram(command, handle.fd, env, signal);
  const watch = setInterval(() => {
    isTooLarge().then(
      (tooLarge) => tooLarge && started.end('too-large'),
      // The program ended meanwhile, and the file is closed.
      () => undefined,
    );
  }, sizeCheckIntervalMs);
  const failure = await started.ended;
  clearInterval(watch);
  return failure ?? ((await isTooLarge()) ? { status: 'too-large' } : undefined);
}
