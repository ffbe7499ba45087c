import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Command } from 'commander';
import { addressesText } from '../../../client/connection/address.js';
import { readOwnFile, replaceOwnFile } from '../../../client/system/private-file.js';
import { delay } from '../../../shared/async/delay.js';
import { systemClock } from '../../../shared/clock.js';
import { foldText } from '../../../shared/fold-text.js';
import { serverSettings, type ServerFlags, type ServerSettings } from '../../config/server-settings.js';
import { cacheDirectory } from '../../config/standard-paths.js';
import { exitCodes } from '../../io/exit.js';
import type { IO } from '../../io/io.js';
import { givenUser } from '../../login/credentials.js';
import { wantedNames, type WantedNames } from './wanted-names.js';

/** The names that a user can see on a server. */
export type Names = { readonly rooms: readonly string[]; readonly accounts: readonly string[] };

/** Older names are offered once more, and fetched again meanwhile. */
const freshMs = 60_000;
/** A server that does not answer is not asked more often. */
const retryMs = 10_000;
/** Since the start of the process: shells wait 300 ms. */
const deadlineMs = 220;
const pollMs = 20;

const maxFileBytes = 256 * 1024;
const maxFiles = 32;

/**
 * `chat complete`: prints the names that the last word can become. They come from a file of the user; another process
 * fetches them. Prints nothing if anything fails: the user is typing.
 */
export async function complete(
  program: Command,
  words: readonly string[],
  { refresh = false }: { readonly refresh?: boolean },
  io: IO,
): Promise<number> {
  const wanted = wantedNames(program, words);
  const folder = cacheDirectory();
  if (!wanted || folder === undefined) return exitCodes.done;
  try {
    const settings = await serverSettings(wanted.address, wanted.flags, io);
    const user = givenUser(settings.flags, io);
    if (user === undefined) return exitCodes.done;
    // Of each user, since rooms can be private.
    const key = JSON.stringify([addressesText(settings.addresses), foldText(user)]);
    const file = join(folder, `names-${createHash('sha256').update(key).digest('hex').slice(0, 32)}.json`);
    if (refresh) await fetchInto(file, { folder, settings, user }, io);
    else await printNames(file, wanted, () => startRefresh(words, io), io);
  } catch {
    // Another command will report it.
  }
  return exitCodes.done;
}

async function printNames(file: string, wanted: WantedNames, refresh: () => void, io: IO): Promise<void> {
  const age = await ageMs(file);
  if (age > freshMs && (await ageMs(attemptOf(file))) > retryMs) refresh();
  let names = await readNames(file);
  while (!names && performance.now() < deadlineMs) {
    await delay(pollMs, systemClock, new AbortController().signal);
    names = await readNames(file);
  }
  const { kind, start, before } = wanted;
  // Only as typed: the shell may add the word to what is there.
  const offered = (names?.[kind] ?? []).filter((name) => name.toLowerCase().startsWith(start.toLowerCase()));
  for (const name of offered) io.stdout.write(`${before}${name}\n`);
}

function startRefresh(words: readonly string[], { env }: IO): void {
  const args = [process.argv[1] ?? '', 'complete', '--refresh', '--', ...words];
  const child = spawn(process.execPath, args, { env, detached: true, stdio: 'ignore', windowsHide: true });
  child.on('error', () => undefined);
  child.unref();
}

async function fetchInto(
  file: string,
  {
    folder,
    settings,
    user,
  }: { readonly folder: string; readonly settings: ServerSettings<ServerFlags>; readonly user: string },
  io: IO,
): Promise<void> {
  await replaceOwnFile(attemptOf(file), '');
  const { fetchNames } = await import('./fetch-names.js');
  const names = await fetchNames(settings, user, io);
  if (names) await replaceOwnFile(file, JSON.stringify({ version: 1, ...names }));
  await removeOldest(folder);
}

const attemptOf = (file: string): string => `${file}.attempt`;

/** Infinity if there is no such file. */
async function ageMs(file: string): Promise<number> {
  const modified = await stat(file).then(
    ({ mtimeMs }) => mtimeMs,
    () => -Infinity,
  );
  return Math.abs(systemClock.now() - modified);
}

const nameForm = /^[A-Za-z0-9._-]{1,32}$/;

/** Whether a shell can be given it: a server may send anything. */
export function isName(name: unknown): name is string {
  return typeof name === 'string' && nameForm.test(name);
}

async function readNames(file: string): Promise<Names | undefined> {
  const text = await readOwnFile(file, maxFileBytes);
  if (text === undefined) return undefined;
  const value = JSON.parse(text) as { readonly rooms?: unknown; readonly accounts?: unknown };
  const list = (names: unknown): string[] => (Array.isArray(names) ? names.filter(isName) : []);
  return { rooms: list(value.rooms), accounts: list(value.accounts) };
}

async function removeOldest(folder: string): Promise<void> {
  const files = (await readdir(folder))
    .filter((name) => name.startsWith('names-'))
    .map((name) => join(folder, name));
  const aged = await Promise.all(files.map(async (file) => ({ file, age: await ageMs(file) })));
  const old = aged.sort((one, other) => one.age - other.age).slice(2 * maxFiles);
  for (const { file } of old) await rm(file, { force: true });
}
