import type { Command } from 'commander';

/** Adds the options of `TrustFlags`. */
export function addTrustOptions(command: Command): Command {
  return command
    .option('--ca <file>', 'also trust certificates signed by this one, PEM')
    .option(
      '--fingerprint <sha256>',
      "trust the server's certificate if it has this SHA-256, as chat serve prints it",
    );
}
