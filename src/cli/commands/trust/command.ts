import type { Command } from 'commander';
import type { RunCommand } from '../../options/command-options.js';
import type { ReportOptions } from '../../io/report-error.js';

const help = `
When you confirm the fingerprint of a self-signed certificate, it is stored. If
the certificate changes later, chat refuses to connect. Forget the old one only
if the operator of the server confirms that it was replaced.

Examples:
  chat trust list
  chat trust forget chat.example.org`;

/** Registers `chat trust` and its subcommands. */
export function registerTrust(program: Command, run: RunCommand): void {
  const trust = program
    .command('trust')
    .summary('list and forget certificates that you confirmed')
    .description('Manages the servers whose certificate you confirmed on first use.')
    .addHelpText('after', help);
  const withDebug = (command: Command) => command.option('--debug', 'show stack traces of failures');

  withDebug(
    trust.command('list').description('Lists the servers, one per line: host:port and SHA-256.'),
  ).action((flags: ReportOptions) => run(flags, async (io) => (await import('./trust.js')).listTrusted(io)));
  withDebug(
    trust
      .command('forget <address>')
      .description('Forgets the certificate of a server: the next connection asks again.'),
  ).action((address: string, flags: ReportOptions) =>
    run(flags, async (io) => (await import('./trust.js')).forgetTrusted(address, io)),
  );
}
