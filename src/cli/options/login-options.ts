import type { Command } from 'commander';

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
