import { ChatError } from '../../shared/errors.js';
import { shellWords } from '../../shared/shell-words.js';

/** A program and its arguments. No shell sees it. */
export type CommandLine = readonly [program: string, ...args: string[]];

/** Splits a command that a user configured into its words. Throws `usage` for one that cannot be split. */
export function splitCommand(command: string): CommandLine {
  const words = shellWords(command);
  if (!words) throw new ChatError('usage', `unclosed quote in the command: ${command}`);
  const [program, ...args] = words;
  if (program === undefined) throw new ChatError('usage', 'the command is empty');
  return [program, ...args];
}
