import type { Command } from 'commander';

/** The options that say which certificate to trust. */
export type TrustFlags = { readonly ca?: string; readonly fingerprint?: string };

/** Adds the options of `TrustFlags`. */
export function addTrustOptions(command: Command): Command {
  return command
    .option('--ca <file>', 'trust certificates signed by this one, and no others; PEM')
    .option(
      '--fingerprint <sha256>',
      "trust the server's certificate if it has this SHA-256, as chat serve prints it",
    );
}
