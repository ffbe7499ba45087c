import { open, type FileHandle } from 'node:fs/promises';
import {
  asFailure,
  type CommandBounds,
  type CommandLine,
  type CommandResult,
  type CommandRunner,
  type Environment,
  startCommand,
  type CommandFailure,
} from './program.js';
import { temporaryFiles, type TemporaryFile } from './temporary-file.js';

/** Runs programs of this machine, in the given environment. Their stdin is empty. */
export function commandRunner(env: Environment, newFile = temporaryFiles('chat-clipboard-')): CommandRunner {
  return {
    run: (command, bounds) => gather(command, bounds, env).catch(asFailure),
    save: (command, bounds) =>
      newFile()
        .then((file) => saveOutput(file, command, bounds, env))
        .catch(asFailure),
  };
}

async function gather(
  command: CommandLine,
  { maxBytes, signal }: CommandBounds,
  env: Environment,
): Promise<CommandResult<Buffer>> {
  const started = startCommand(command, 'pipe', env, signal);
  const pieces: Buffer[] = [];
  let size = 0;
  started.stdout?.on('data', (piece: Buffer) => {
    size += piece.length;
    if (size > maxBytes) started.end('too-large');
    else pieces.push(piece);
  });
  return (await started.ended) ?? { status: 'done', output: Buffer.concat(pieces) };
}

/** How often the size of what a command writes is looked at, in milliseconds. */
const sizePace = 20;

/** Runs a command that writes to `file`, which is there afterwards only if all went well. */
async function saveOutput(
  file: TemporaryFile,
  command: CommandLine,
  bounds: CommandBounds,
  env: Environment,
): Promise<CommandResult<TemporaryFile>> {
  const failure = await write(file.path, command, bounds, env).catch(asFailure);
  if (!failure) return { status: 'done', output: file };
  await file.remove();
  return failure;
}

async function write(
  path: string,
  command: CommandLine,
  bounds: CommandBounds,
  env: Environment,
): Promise<CommandFailure | undefined> {
  const handle = await open(path, 'wx', 0o600);
  try {
    return await writeTo(handle, command, bounds, env);
  } finally {
    await handle.close();
  }
}

async function writeTo(
  handle: FileHandle,
  command: CommandLine,
  { maxBytes, signal }: CommandBounds,
  env: Environment,
): Promise<CommandFailure | undefined> {
  const isTooLarge = async () => (await handle.stat()).size > maxBytes;
  const started = startCommand(command, handle.fd, env, signal);
  const watch = setInterval(() => {
    isTooLarge().then(
      (tooLarge) => tooLarge && started.end('too-large'),
      // The command has ended, and the file was closed meanwhile.
      () => undefined,
    );
  }, sizePace);
  const failure = await started.ended;
  clearInterval(watch);
  return failure ?? ((await isTooLarge()) ? { status: 'too-large' } : undefined);
}
