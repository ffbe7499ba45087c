import type { Command } from 'commander';
import type { IO } from '../io/io.js';
import type { ReportOptions } from '../io/report-error.js';

/** Where a password comes from. There is no `--password TEXT`: process lists show it. */
export type PasswordFlags = {
  readonly passwordFile?: string;
  readonly passwordStdin?: boolean;
  readonly passwordCommand?: string;
};

/** The user name and where the password comes from. */
export type LoginFlags = PasswordFlags & { readonly user?: string };

/** Adds the options of `LoginFlags`. */
export function addLoginOptions(command: Command): Command {
  return command
    .optionsGroup('Login:')
    .option('-u, --user <name>', 'user name (default: CHAT_USER, else asked on the terminal)')
    .option('--password-file <file>', 'read the password from the first line of a file')
    .option('--password-stdin', 'read the password from the first line of stdin')
    .option(
      '--password-command <command>',
      'read the password from the output of a program, such as pass show chat; run without a shell',
    );
}

export const loginHelp = `
The password: an option above, else CHAT_PASSWORD, else asked on the terminal.
No option takes the password itself, since process lists would show it.`;

export const addressHelp = `
The address: host, host:port, http://host (plaintext), https://host (TLS), or a
name from the configuration (docs/configuration.md); else CHAT_ADDRESS, else
localhost:65002. Without a scheme: plaintext on loopback, TLS elsewhere.`;

/** Which certificate to trust. */
export type TrustFlags = { readonly ca?: string; readonly fingerprint?: string };

export function addTrustOptions(command: Command): Command {
  return command
    .option('--ca <file>', 'trust only certificates signed by this one (PEM)')
    .option('--fingerprint <sha256>', 'trust only a certificate with this SHA-256, as chat serve prints it');
}

/** Adds the options of `RoomFlags`. */
export function addRoomOptions(command: Command): Command {
  return command
    .option('--room <room>', 'a room, such as ops (default: the lobby)')
    .option('--direct <users>', 'the direct room with a user, or with several, separated by commas');
}

/** Runs a command, reports its failure as the options ask, and keeps its exit code. */
export type RunCommand = (report: ReportOptions, action: (io: IO) => Promise<number>) => Promise<void>;

/** Registering imports only commander and constants, so that `chat --help` is fast; the action imports the rest. */
export type RegisterCommand = (program: Command, run: RunCommand) => void;
