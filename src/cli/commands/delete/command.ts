import type { Command } from 'commander';
import type { ChangeFlags } from '../../changes/change-message.js';
import { addChangeOptions, changeHelp, type RunCommand } from '../../options/command-options.js';

const help = `
You can delete your own messages, and as a moderator those of others in the
room. What was deleted cannot be restored.
${changeHelp('the server refused it', 'chat delete 4711', 'chat delete 4711 --id job-1 || chat delete 4711 --id job-1')}`;

/** Registers `chat delete`. */
export function registerDelete(program: Command, run: RunCommand): void {
  const remove = program
    .command('delete')
    .summary('delete a message')
    .description('Deletes a message: its content is removed, and readers see that it was deleted.')
    .argument('<sequence>', 'the message');
  addChangeOptions(remove)
    .addHelpText('after', help)
    .action((sequence: string, flags: ChangeFlags) =>
      run(flags, async (io) =>
        (await import('../../changes/change-message.js')).deleteMessage(sequence, flags, io),
      ),
    );
}
