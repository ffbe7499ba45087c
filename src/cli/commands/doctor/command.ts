import type { Command } from 'commander';
import type { ServerFlags } from '../../config/server-settings.js';
import { addLoginOptions } from '../../options/login-options.js';
import { addTrustOptions } from '../../options/trust-options.js';
import type { RunCommand } from '../../options/command.js';

const help = `
Each line says ok, note (less is possible) or BAD, and below it what to do. The login is tried only with a user
and a password from an option, the environment or the configuration; nothing is asked, sent or changed.
Of several addresses with commas between, each is tried, and whether they are servers of one room.

Exit codes:
  0  nothing is wrong; otherwise that of the failure: 2, 3, 4, 5, 7

Examples:
  chat doctor
  chat doctor work`;

/** Registers `chat doctor`. */
export function registerDoctor(program: Command, run: RunCommand): void {
  const doctor = program
    .command('doctor')
    .summary('what terminal, clipboard and server can do, and what to do about what they cannot')
    .description('Looks at this terminal, the clipboard, the configuration and the server.')
    .argument('[address]', 'the server');
  addTrustOptions(addLoginOptions(doctor).optionsGroup('TLS:'))
    .optionsGroup('Options:')
    .option('--debug', 'show stack traces of failures')
    .addHelpText('after', help)
    .action((address: string | undefined, flags: ServerFlags & { readonly debug?: boolean }) =>
      run(flags, async (io) => (await import('./doctor.js')).doctor(address, flags, io)),
    );
}
