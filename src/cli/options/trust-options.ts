import type { Command } from 'commander';

/** Which certificate to trust. */
export type TrustFlags = { readonly ca?: string; readonly fingerprint?: string };

export function addTrustOptions(command: Command): Command {
  return command
    .option('--ca <file>', 'trust only certificates signed by this one (PEM)')
    .option('--fingerprint <sha256>', 'trust only a certificate with this SHA-256, as chat serve prints it');
}
