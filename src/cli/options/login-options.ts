import type { Command } from 'commander';

/** The options that say where a password comes from. There is no `--password TEXT`: process lists show it. */
export type PasswordFlags = {
  readonly passwordFile?: string;
  readonly passwordStdin?: boolean;
  readonly passwordCommand?: string;
};

/** The options that say who logs in. */
export type LoginFlags = PasswordFlags & { readonly user?: string };

/** Adds the options of `LoginFlags`. */
export function addLoginOptions(command: Command): Command {
  return command
    .optionsGroup('Login:')
    .option('-u, --user <name>', 'who logs in (default: CHAT_USER, else asked on the terminal)')
    .option('--password-file <file>', 'its first line is the password')
    .option('--password-stdin', 'the first line of stdin is the password')
    .option(
      '--password-command <command>',
      'a program prints the password, such as "pass show chat"; spaces part arguments, quotes keep them together, no shell',
    );
}

/** Said in the help of every verb that logs in. */
export const loginHelp = `
The password: an option above, else CHAT_PASSWORD, else it is asked on the terminal.
There is no option that takes the password itself: the list of processes would show it.`;
