import { ChatError } from '../../shared/errors.js';

/** A program and its arguments. */
export type CommandLine = { readonly program: string; readonly args: readonly string[] };

/**
 * Splits a command at its spaces. Single and double quotes keep spaces together, a backslash keeps the next
 * character (not within single quotes). There is no shell: no variables, wildcards, pipes or `~`.
 */
export function splitCommand(command: string): CommandLine {
  const words: string[] = [];
  // A word: any run of plain characters, backslash pairs and quoted parts.
  const word = /(?:[^\s"'\\]|\\.|"(?:[^"\\]|\\.)*"|'[^']*')+/gs;
  const leftOver = command.replace(word, (match) => {
    words.push(unquote(match));
    return '';
  });
  const [program, ...args] = words;
  if (leftOver.trim() !== '') throw new ChatError('usage', `unclosed quote in the command: ${command}`);
  if (program === undefined) throw new ChatError('usage', 'the command is empty');
  return { program, args };
}

function unquote(word: string): string {
  return word.replace(
    /'([^']*)'|"((?:[^"\\]|\\.)*)"|\\(.)/gs,
    (_match, single: string | undefined, double: string | undefined, escaped: string | undefined) =>
      single ?? double?.replace(/\\(.)/gs, '$1') ?? escaped ?? '',
  );
}
