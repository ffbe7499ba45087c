import { resolve } from 'node:path';
import { accountFile } from '../../../server/accounts/account-file.js';
import { checkName, passwordRule } from '../../../server/accounts/account-rules.js';
import type { AccountStore } from '../../../server/accounts/account-store.js';
import * as accounts from '../../../server/accounts/change-accounts.js';
import { withUsersAddedNote } from '../../../server/accounts/users-added.js';
import { openDataDirectory } from '../../../server/files/data-directory.js';
import { usersAddedFile } from '../../../server/accounts/users-added-file.js';
import { parseNatsStore } from '../../../server/nats/nats-store-options.js';
import { ChatError } from '../../../shared/errors.js';
import { defaultDataDirectory } from '../../config/standard-paths.js';
import { exitCodes } from '../../io/exit.js';
import { givenPassword } from '../../login/credentials.js';
import type { IO } from '../../io/io.js';
import { askSecret } from '../../io/terminal-prompt.js';

/** The options of `chat users` as given. */
export type UsersFlags = {
  readonly data?: string;
  readonly store?: string;
  readonly passwordStdin?: boolean;
  readonly reuseName?: boolean;
  readonly debug?: boolean;
};

/** `chat users add NAME`. */
export async function addUser(name: string, flags: UsersFlags, io: IO): Promise<number> {
  checkName(name);
  const password = await newPassword(flags, io);
  await withStore(flags, io, (store) =>
    accounts.addUser(store, { name, password, reuseName: flags.reuseName ?? false }),
  );
  return done(`added ${name}`, io);
}

/** `chat users passwd NAME`. */
export async function changePassword(name: string, flags: UsersFlags, io: IO): Promise<number> {
  checkName(name);
  const password = await newPassword(flags, io);
  await withStore(flags, io, (store) => accounts.setPassword(store, name, password));
  return done(`changed the password of ${name}`, io);
}

/** `chat users remove NAME`. */
export async function removeUser(name: string, flags: UsersFlags, io: IO): Promise<number> {
  await withStore(flags, io, (store) => accounts.removeUser(store, name));
  return done(`removed ${name}`, io);
}

/** `chat users list`. */
export async function listUsers(flags: UsersFlags, io: IO): Promise<number> {
  const list = async (store: AccountStore) => ({
    names: await accounts.listUsers(store),
    damaged: (await store.read()).damaged ?? [],
  });
  const { names, damaged } = isShared(flags)
    ? await withStore(flags, io, list)
    : await list(accountsIn(directoryOf(flags, io)));
  for (const problem of damaged) {
    io.stderr.write(`chat: warning: ${problem}: its user cannot log in, and no user can be changed\n`);
  }
  if (names.length === 0) return done('there are no users yet. Add one with: chat users add NAME', io);
  for (const name of names) io.stdout.write(`${name}\n`);
  return exitCodes.done;
}

function directoryOf({ data }: UsersFlags, io: IO): string {
  return data === undefined ? defaultDataDirectory() : resolve(io.cwd, data);
}

/** A failure to write the note is ignored: a server writes it too when it reads the accounts. */
function accountsIn(directory: string): AccountStore {
  return withUsersAddedNote(accountFile(directory), usersAddedFile(directory), () => undefined);
}

const isShared = ({ store = 'embedded' }: UsersFlags): boolean => store !== 'embedded';

/** Calls `work` with the accounts in a data directory, prepared as `chat serve` does, or in NATS. */
async function withStore<Result>(
  flags: UsersFlags,
  io: IO,
  work: (store: AccountStore) => Promise<Result>,
): Promise<Result> {
  if (!isShared(flags)) {
    io.setUmask(0o077);
    const { path } = await openDataDirectory(directoryOf(flags, io));
    return work(accountsIn(path));
  }
  if (flags.data !== undefined) {
    throw new ChatError('usage', 'only one of --data and --store can be given');
  }
  const { withAccountBucket } = await import('../../../server/nats/account-bucket.js');
  return withAccountBucket(parseNatsStore(flags.store ?? ''), work);
}

/** Asks twice, since the input is hidden. `CHAT_PASSWORD` is not used: it is the operator's own, for logging in. */
async function newPassword({ passwordStdin }: UsersFlags, io: IO): Promise<string> {
  if (passwordStdin) return (await givenPassword({ passwordStdin }, io)) ?? '';
  if (!io.stdin.isTTY) {
    throw new ChatError('usage', 'no password given, and no terminal to ask for it', {
      hint: 'Use --password-stdin.',
    });
  }
  io.stderr.write(`A password must have ${passwordRule}.\n`);
  const password = await askSecret('New password: ', io);
  if ((await askSecret('Repeat password: ', io)) === password) return password;
  throw new ChatError('usage', 'the passwords differ: nothing was changed');
}

function done(what: string, { stderr }: IO): number {
  stderr.write(`${what}\n`);
  return exitCodes.done;
}
