import type { Command } from 'commander';
import type { TrustVerbFlags } from './trust.js';
import type { RunCommand } from '../../options/command.js';

const help = `
A self-signed certificate is kept when its fingerprint was confirmed once; when it changes, chat stops. Forget
the old one only if the server's owner says that it was renewed.

Examples:
  chat trust list
  chat trust --forget chat.example.org`;

/** Registers `chat trust`. */
export function registerTrust(program: Command, run: RunCommand): void {
  const trust = program
    .command('trust')
    .summary('list and forget certificates that were confirmed here')
    .description('The servers whose certificate was confirmed on first use, as host:port and SHA-256.')
    .usage('list | --forget ADDRESS')
    .option('--forget <address>', 'drop the certificate of that server: the next connection asks again')
    .option('--debug', 'show stack traces of failures')
    .addHelpText('after', help)
    .action((flags: TrustVerbFlags) =>
      run(flags, async (io) => (await import('./trust.js')).forgetTrusted(flags, io)),
    );
  trust
    .command('list')
    .description('Lists the servers, one a line.')
    .action(() => run({}, async (io) => (await import('./trust.js')).listTrusted(io)));
}
