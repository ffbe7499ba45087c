import type { Command } from 'commander';
import { exitCodes } from '../../io/exit.js';
import type { IO } from '../../io/io.js';
import { bashCompletion } from './bash.js';
import type { CompletionShell } from './command.js';
import { completedCommands, type CompletedCommand } from './completed-commands.js';
import { fishCompletion } from './fish.js';
import { zshCompletion } from './zsh.js';

const scripts: Readonly<Record<CompletionShell, (commands: readonly CompletedCommand[]) => string>> = {
  bash: bashCompletion,
  zsh: zshCompletion,
  fish: fishCompletion,
};

/** Prints the script for the commands that are registered. */
export function completion(program: Command, shell: CompletionShell, { stdout }: IO): Promise<number> {
  stdout.write(scripts[shell](completedCommands(program)));
  return Promise.resolve(exitCodes.done);
}
