import type { Command } from 'commander';
import type { TrustVerbFlags } from './trust.js';
import type { RunCommand } from '../../options/command.js';

const help = `
When you confirm the fingerprint of a self-signed certificate, it is stored. If
the certificate changes later, chat refuses to connect. Forget the old one only
if the operator of the server confirms that it was replaced.

Examples:
  chat trust list
  chat trust --forget chat.example.org`;

/** Registers `chat trust`. */
export function registerTrust(program: Command, run: RunCommand): void {
  const trust = program
    .command('trust')
    .summary('list and forget certificates that you confirmed')
    .description('Manages the servers whose certificate you confirmed on first use.')
    .usage('list | --forget ADDRESS')
    .option('--forget <address>', 'forget the certificate of a server: the next connection asks again')
    .option('--debug', 'show stack traces of failures')
    .addHelpText('after', help)
    .action((flags: TrustVerbFlags) =>
      run(flags, async (io) => (await import('./trust.js')).forgetTrusted(flags, io)),
    );
  trust
    .command('list')
    .description('Lists the servers, one per line: host:port and SHA-256.')
    .action(() => run({}, async (io) => (await import('./trust.js')).listTrusted(io)));
}
