import { open, type FileHandle } from 'node:fs/promises';
import {
  asFailure,
  type ProgramLimits,
  type Argv,
  type ProgramResult,
  type ProgramRunner,
  type Environment,
  startProgram,
  type ProgramFailure,
} from './program.js';
import { temporaryFiles, type TemporaryFile } from './temporary-file.js';

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
