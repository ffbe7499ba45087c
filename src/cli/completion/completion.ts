import type { Command } from 'commander';
import { exitCodes } from '../exit-codes.js';
import { parseChoice } from '../option-values.js';
import type { Shell } from '../shell.js';
import { bashCompletion } from './bash.js';
import { completedCommands, type CompletedCommand } from './commands.js';
import { fishCompletion } from './fish.js';
import { type CompletionShell, completionShells } from './shells.js';
import { zshCompletion } from './zsh.js';

const scripts: Readonly<Record<CompletionShell, (commands: readonly CompletedCommand[]) => string>> = {
  bash: bashCompletion,
  zsh: zshCompletion,
  fish: fishCompletion,
};

/** `chat completion SHELL`: prints the script, made from the very commands that are registered. */
export function completion(program: Command, name: string, { stdout }: Shell): Promise<number> {
  const script = scripts[parseChoice('chat completion', name, completionShells)];
  stdout.write(script(completedCommands(program)));
  return Promise.resolve(exitCodes.done);
}
