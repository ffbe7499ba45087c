import type { Command } from 'commander';
import type { ServerFlags } from '../../config/server-settings.js';
import { addLoginOptions, addTrustOptions, type RunCommand } from '../../options/command-options.js';

const help = `
Each finding begins with ok, note (something is not available) or BAD, and may
be followed by what you can do about it. The server is always contacted. The
login is tried only if an option, the environment or the configuration provides
a user and a password; doctor asks for nothing, sends no message and changes
nothing. Of several addresses, separated by commas, each is tried, and whether
they are servers of one room. Without a terminal a finding is one line, and its
advice another.

Exit codes:
  0  nothing is BAD
  1, 2, 3, 4, 5, 7  the first BAD, as for chat connect

Examples:
  chat doctor
  chat doctor work`;

/** Registers `chat doctor`. */
export function registerDoctor(program: Command, run: RunCommand): void {
  const doctor = program
    .command('doctor')
    .summary('check terminal, clipboard and server, and suggest fixes')
    .description('Checks this terminal, the clipboard, the configuration and the server.')
    .argument('[address]', 'the server');
  addTrustOptions(addLoginOptions(doctor).optionsGroup('TLS:'))
    .optionsGroup('Options:')
    .option('--debug', 'show stack traces of failures')
    .addHelpText('after', help)
    .action((address: string | undefined, flags: ServerFlags & { readonly debug?: boolean }) =>
      run(flags, async (io) => (await import('./doctor.js')).doctor(address, flags, io)),
    );
}
