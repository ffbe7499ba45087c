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

/** Adds the options of `ChangeFlags`, after those that `command` has. */
export function addChangeOptions(command: Command): Command {
  command
    .optionsGroup('Where and how:')
    .option('--to <address>', 'the server')
    .option(
      '--id <id>',
      'identifies the change: repeated with the same id, it is made once (default: random)',
    )
    .option('--timeout <time>', 'time limit, including retries: 500ms, 10s, 2m (default: 10s)');
  return addTrustOptions(addLoginOptions(command).optionsGroup('TLS:'))
    .optionsGroup('Output:')
    .option('--json', 'print a JSON object when it is done; a failure as a JSON object on stderr')
    .option('-v, --verbose', 'report on stderr what happens')
    .option('-q, --quiet', 'print nothing; check the exit code')
    .option('--debug', 'show stack traces of failures')
    .optionsGroup('Options:');
}

/** The exit codes and examples of a command that changes a message. */
export function changeHelp(refused: string, ...examples: readonly string[]): string {
  return `${sequenceHelp}
${addressHelp}
${loginHelp}

Exit codes:
  0  done, and stored on disk           5  rate limited until the time-out
  1  unexpected failure                 6  ${refused}
  2  usage                              7  certificate not trusted, or changed
  3  server unreachable, or time-out    8  no such message, or not permitted
  4  login refused                      129, 130, 143  ended by a signal

Examples:
${examples.map((example) => `  ${example}`).join('\n')}`;
}

export const sequenceHelp = `
The sequence of a message: "sequence" in the output of chat send --json,
chat history --json and chat connect --json.`;

/** Runs a command, reports its failure as the options ask, and keeps its exit code. */
export type RunCommand = (report: ReportOptions, action: (io: IO) => Promise<number>) => Promise<void>;

/** Registering imports only commander and constants, so that `chat --help` is fast; the action imports the rest. */
export type RegisterCommand = (program: Command, run: RunCommand) => void;
