import { temporaryFiles } from '../system/temporary-file.js';
import {
  asFailure,
  type CommandBounds,
  type CommandLine,
  type CommandResult,
  type CommandRunner,
  type Environment,
} from './command.js';
import { saveOutput } from './save-output.js';
import { startCommand } from './start-command.js';

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
