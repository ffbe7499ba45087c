import type { Command } from 'commander';
import type { RunCommand } from '../../options/command-options.js';
import type { UsersFlags } from './users.js';

const help = `
A running server applies a change within a second. The password is the first
line of stdin with --password-stdin, else it is asked twice on the terminal. It
must have 8 to 128 printable ASCII characters. Once a user was added, the demo
users (user1 to user5) can no longer log in.

Examples:
  chat users add anna
  pwgen 20 1 | chat users add buildbot --password-stdin
  chat users list
  chat users add anna --store nats://nats1,nats2,nats3`;

/** Registers `chat users` and its subcommands. */
export function registerUsers(program: Command, run: RunCommand): void {
  const users = program
    .command('users')
    .summary("manage a server's accounts")
    .description("Manages a server's accounts. The server may be running.")
    .addHelpText('after', help);

  const withData = (command: Command) =>
    command
      .option('--data <dir>', "the server's data directory (default: as for chat serve)")
      .option('--store <store>', 'nats://HOST...: the accounts of the servers that share this NATS')
      .option('--debug', 'show stack traces of failures');
  const withPassword = (command: Command) =>
    withData(command).option('--password-stdin', 'read the password from the first line of stdin');

  withPassword(users.command('add <name>').description('Adds a user.'))
    .option('--reuse-name', 'give the name of a removed user to a new account')
    .action((name: string, flags: UsersFlags) =>
      run(flags, async (io) => (await import('./users.js')).addUser(name, flags, io)),
    );
  withPassword(users.command('passwd <name>').description('Sets the password of a user.')).action(
    (name: string, flags: UsersFlags) =>
      run(flags, async (io) => (await import('./users.js')).changePassword(name, flags, io)),
  );
  withData(users.command('remove <name>').description('Removes a user and closes their connections.')).action(
    (name: string, flags: UsersFlags) =>
      run(flags, async (io) => (await import('./users.js')).removeUser(name, flags, io)),
  );
  withData(users.command('list').description('Lists the users, one per line.')).action((flags: UsersFlags) =>
    run(flags, async (io) => (await import('./users.js')).listUsers(flags, io)),
  );
}
