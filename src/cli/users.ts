import { resolve } from 'node:path';
import { accountFile } from '../server/accounts/account-file.js';
import { checkName } from '../server/accounts/account-rules.js';
import type { AccountStore } from '../server/accounts/account-store.js';
import * as accounts from '../server/accounts/change-accounts.js';
import { withUsersAddedNote } from '../server/accounts/users-added.js';
import { openDataDirectory } from '../server/files/data-directory.js';
import { usersAddedFile } from '../server/accounts/users-added-file.js';
import { parseNatsStore } from '../server/nats/nats-store-options.js';
import { ChatError } from '../shared/errors.js';
import { defaultDataDirectory } from './standard-paths.js';
import { exitCodes } from './exit-codes.js';
import { givenPassword } from './login/password.js';
import type { Shell } from './shell.js';
import { askSecret } from './login/terminal-prompt.js';

/** What stands on the command line of `chat users`, beside the name. */
export type UsersFlags = {
  readonly data?: string;
  readonly store?: string;
  readonly passwordStdin?: boolean;
  readonly debug?: boolean;
};

/** `chat users add NAME`. */
export async function addUser(name: string, flags: UsersFlags, shell: Shell): Promise<number> {
  checkName(name);
  const password = await newPassword(flags, shell);
  await withStore(flags, shell, (store) => accounts.addUser(store, name, password));
  return done(`added ${name}`, shell);
}

/** `chat users passwd NAME`. */
export async function changePassword(name: string, flags: UsersFlags, shell: Shell): Promise<number> {
  checkName(name);
  const password = await newPassword(flags, shell);
  await withStore(flags, shell, (store) => accounts.setPassword(store, name, password));
  return done(`changed the password of ${name}`, shell);
}

/** `chat users remove NAME`. */
export async function removeUser(name: string, flags: UsersFlags, shell: Shell): Promise<number> {
  await withStore(flags, shell, (store) => accounts.removeUser(store, name));
  return done(`removed ${name}`, shell);
}

/** `chat users list`. */
export async function listUsers(flags: UsersFlags, shell: Shell): Promise<number> {
  const list = async (store: AccountStore) => ({
    names: await accounts.listUsers(store),
    damaged: (await store.read()).damaged ?? [],
  });
  const { names, damaged } = isShared(flags)
    ? await withStore(flags, shell, list)
    : await list(accountsIn(directoryOf(flags, shell)));
  for (const problem of damaged) {
    shell.stderr.write(`chat: warning: ${problem}: its user cannot log in, and no user can be changed\n`);
  }
  if (names.length === 0) return done('there are no users yet. Add one with: chat users add NAME', shell);
  for (const name of names) shell.stdout.write(`${name}\n`);
  return exitCodes.done;
}

function directoryOf({ data }: UsersFlags, shell: Shell): string {
  return data === undefined ? defaultDataDirectory() : resolve(shell.cwd, data);
}

/** A note that cannot be set is no failure: a server sets it too when it sees the accounts. */
function accountsIn(directory: string): AccountStore {
  return withUsersAddedNote(accountFile(directory), usersAddedFile(directory), () => undefined);
}

const isShared = ({ store = 'embedded' }: UsersFlags): boolean => store !== 'embedded';

/** Works on the accounts in a directory, prepared as `chat serve` does it, or in NATS. */
async function withStore<Result>(
  flags: UsersFlags,
  shell: Shell,
  work: (store: AccountStore) => Promise<Result>,
): Promise<Result> {
  if (!isShared(flags)) {
    shell.setUmask(0o077);
    const { path } = await openDataDirectory(directoryOf(flags, shell));
    return work(accountsIn(path));
  }
  if (flags.data !== undefined) {
    throw new ChatError('usage', '--data and --store name two places for accounts: give one of them');
  }
  const { withAccountBucket } = await import('../server/nats/account-bucket.js');
  return withAccountBucket(parseNatsStore(flags.store ?? ''), work);
}

/** Asked twice, since nobody sees it. `CHAT_PASSWORD` is not taken: it is somebody's own, for logging in. */
async function newPassword({ passwordStdin }: UsersFlags, shell: Shell): Promise<string> {
  if (passwordStdin) return (await givenPassword({ passwordStdin }, shell)) ?? '';
  if (!shell.stdin.isTTY) {
    throw new ChatError('usage', 'no password, and no terminal to ask on', { hint: 'Use --password-stdin.' });
  }
  const password = await askSecret('New password: ', shell);
  if ((await askSecret('The same again: ', shell)) === password) return password;
  throw new ChatError('usage', 'the two passwords differ: nothing was changed');
}

function done(what: string, { stderr }: Shell): number {
  stderr.write(`${what}\n`);
  return exitCodes.done;
}
