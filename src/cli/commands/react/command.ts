import type { Command } from 'commander';
import type { ChangeFlags } from '../../changes/change-message.js';
import { addChangeOptions, changeHelp, type RunCommand } from '../../options/command-options.js';

const help = `
The emoji are all your reactions to the message from now on: up to 5, each an
argument. Without one, your reactions are removed.
${changeHelp('message refused (not an emoji)', 'chat react 4711 👍 🎉', 'chat react 4711')}`;

/** Registers `chat react`. */
export function registerReact(program: Command, run: RunCommand): void {
  const react = program
    .command('react')
    .summary('react to a message with emoji')
    .description('Replaces your reactions to a message.')
    .argument('<sequence>', 'the message')
    .argument('[emoji...]', 'your reactions; none: they are removed');
  addChangeOptions(react)
    .addHelpText('after', help)
    .action((sequence: string, emoji: string[], flags: ChangeFlags) =>
      run(flags, async (io) =>
        (await import('../../changes/change-message.js')).reactToMessage(sequence, emoji, flags, io),
      ),
    );
}
