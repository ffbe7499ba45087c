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
}
