import { Argument, type Command } from 'commander';
import type { RunCommand } from '../../options/command-options.js';

const completionShells = ['bash', 'zsh', 'fish'] as const;

/** The shells that `chat completion` supports. */
export type CompletionShell = (typeof completionShells)[number];

const help = `
Examples:
  eval "$(chat completion bash)"        in ~/.bashrc
  source <(chat completion zsh)         in ~/.zshrc, after compinit
  chat completion fish | source         in ~/.config/fish/config.fish`;

/** Registers `chat completion`. */
export function registerCompletion(program: Command, run: RunCommand): void {
  program
    .command('completion')
    .summary('print the completion script of a shell')
    .description('Prints a script that makes a shell complete commands and options.')
    .addArgument(new Argument('<shell>', 'the shell').choices(completionShells))
    .addHelpText('after', help)
    .action((shell: CompletionShell) =>
      run({}, async (io) => (await import('./completion.js')).completion(program, shell, io)),
    );
  // For the scripts: the names of rooms and accounts that the last word can become.
  program
    .command('complete', { hidden: true })
    .argument('[words...]')
    .option('--refresh', 'fetch the names instead of printing them')
    .action((words: string[], flags: { readonly refresh?: boolean }) =>
      run({ quiet: true }, async (io) => (await import('./complete.js')).complete(program, words, flags, io)),
    );
}
