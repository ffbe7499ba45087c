import type { Command } from 'commander';
import type { ChangeFlags } from '../../changes/change-message.js';
import { addChangeOptions, changeHelp, type RunCommand } from '../../options/command-options.js';

const help = `
The text: the arguments, joined by spaces. With -, or without arguments, all of
stdin, without its last line end.
${changeHelp(
  'message refused (too large, no text)',
  'chat edit 4711 "version 4.3 is deployed"',
  'make test 2>&1 | tail -20 | chat edit 4711 -',
)}`;

/** Registers `chat edit`. */
export function registerEdit(program: Command, run: RunCommand): void {
  const edit = program
    .command('edit')
    .summary('give one of your texts another content')
    .description('Replaces the text of one of your messages. Readers see that it was edited.')
    .argument('<sequence>', 'the message')
    .argument('[text...]', 'the new text');
  addChangeOptions(edit)
    .addHelpText('after', help)
    .action((sequence: string, words: string[], flags: ChangeFlags) =>
      run(flags, async (io) =>
        (await import('../../changes/change-message.js')).editMessage(sequence, words, flags, io),
      ),
    );
}
