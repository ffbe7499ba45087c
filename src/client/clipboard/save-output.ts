import { open, type FileHandle } from 'node:fs/promises';
import type { TemporaryFile } from '../system/temporary-file.js';
import {
  asFailure,
  type CommandBounds,
  type CommandFailure,
  type CommandLine,
  type CommandResult,
  type Environment,
} from './command.js';
import { startCommand } from './start-command.js';

/** How often the size of what a command writes is looked at, in milliseconds. */
const sizePace = 20;

/** Runs a command that writes to `file`, which is there afterwards only if all went well. */
export async function saveOutput(
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
