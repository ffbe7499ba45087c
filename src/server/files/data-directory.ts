import { chmod, mkdir, readdir, readFile, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { ChatError } from '../../shared/errors.js';
import { errorCode } from '../../shared/error-code.js';
import { exposureOf, volumeGroup, type ExposureRules, type FileAccess } from '../../shared/file-exposure.js';
import { fileFailure, fileRemedy } from '../../shared/file-failure.js';
import { replaceFile } from './replace-file.js';

/** A data directory that this program may use. */
export type DataDirectory = {
  readonly path: string;
  /** Where the message log is kept: a directory of its own. */
  readonly log: string;
};

/**
 * The version of everything below the data directory. Raise it with a migration from the one before. 2: the log may have
 * messages of several rooms, which earlier versions would serve to everybody.
 */
const currentVersion = 2;
const versionFile = 'version';
/** The file that notes that users were added. */
export const usersAddedFileName = 'users-added';
const versionForm = /^chat data ([1-9]\d{0,8})\n$/;

/**
 * Opens the data directory at `path`, or makes it (0700) if it is empty or absent. Throws `data-directory` if it
 * belongs to another program, a newer `chat` or another user, if others can change it, or if it cannot be used; then
 * nothing in it has been changed.
 */
export async function openDataDirectory(path: string): Promise<DataDirectory> {
  try {
    await makeDirectory(path);
    const version = await readVersion(path);
    if (version === undefined) {
      await prepareNew(path);
      await writeVersion(path);
    } else if (version > currentVersion) {
      throw new ChatError('data-directory', `${path} was written by a newer chat (data version ${version})`, {
        hint: 'Update chat, or choose another directory with --data.',
      });
    }
    await refuseExposed(path);
    await closeToOthers(path);
  } catch (error) {
    if (error instanceof ChatError) throw error;
    throw new ChatError('data-directory', `cannot use the data directory ${path}: ${fileFailure(error)}`, {
      hint:
        fileRemedy(error) ?? 'Check that this user may write there, or choose another directory with --data.',
      cause: error,
    });
  }
  return { path, log: join(path, 'log') };
}

/** Keeps earlier versions of chat from opening a directory whose log was upgraded. */
export async function markUpgraded({ path }: DataDirectory): Promise<void> {
  if (((await readVersion(path)) ?? 0) < currentVersion) await writeVersion(path);
}

function writeVersion(path: string): Promise<void> {
  return replaceFile(join(path, versionFile), `chat data ${currentVersion}\n`);
}

/** Makes a directory that was never used fit for use: what others might have put there is refused, not opened. */
async function prepareNew(path: string): Promise<void> {
  const names = await readdir(path);
  refuseForeign(path, names);
  // One that is made for this, a new volume for instance, may be open to all while nothing is in it.
  if (!names.some(isOwn)) await closeToOthers(path);
  await refuseExposed(path);
}

/** As ssh does, for what a server relies on: `accounts.json` and the key are looked at whenever they are read. */
async function refuseExposed(path: string): Promise<void> {
  const access = await stat(path);
  refuseIfExposed(path, access, { isDirectory: true, trustedGroup: volumeGroup(access) });
  for (const [name, isDirectory] of [
    [versionFile, false],
    ['log', true],
  ] as const) {
    const inner = join(path, name);
    const innerAccess = await stat(inner).catch(ignoreMissing);
    if (innerAccess) refuseIfExposed(inner, innerAccess, { isDirectory, trustedGroup: volumeGroup(access) });
  }
}

function refuseIfExposed(path: string, access: FileAccess, rules: ExposureRules): void {
  const exposure = exposureOf(path, access, rules);
  if (exposure) throw new ChatError('data-directory', exposure.message, { hint: exposure.hint });
}

function ignoreMissing(error: unknown): undefined {
  if (errorCode(error) !== 'ENOENT') throw error;
}

/** As `mkdir -p` does: Node's own `recursive` never ends where a file system takes no directories, as in /proc. */
async function makeDirectory(path: string): Promise<void> {
  try {
    await mkdir(path, { mode: 0o700 });
  } catch (error) {
    if (errorCode(error) === 'EEXIST' && (await stat(path)).isDirectory()) return;
    const above = dirname(path);
    if (errorCode(error) !== 'ENOENT' || above === path) throw error;
    await makeDirectory(above);
    await mkdir(path, { mode: 0o700 });
  }
}

async function readVersion(path: string): Promise<number | undefined> {
  let text: string;
  try {
    text = await readFile(join(path, versionFile), 'utf8');
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return undefined;
    throw error;
  }
  const version = versionForm.exec(text)?.[1];
  if (version === undefined) {
    throw new ChatError('data-directory', `${join(path, versionFile)} is not a chat data version`, {
      hint: 'Choose a directory of its own with --data, or restore this one from a backup.',
    });
  }
  return Number(version);
}

/** Files of a file system itself, hidden ones, and accounts that were added before the first start are no reason. */
function refuseForeign(path: string, names: readonly string[]): void {
  const foreign = names.find(
    (name) =>
      name !== 'lost+found' && !name.startsWith('.') && !isOwn(name) && !name.startsWith(`${versionFile}.`),
  );
  if (foreign === undefined) return;
  throw new ChatError('data-directory', `${path} is not a chat data directory: it holds ${foreign}`, {
    hint: 'Choose an empty directory with --data.',
  });
}

/** What `chat users` makes. */
function isOwn(name: string): boolean {
  return name.startsWith('accounts.json') || name.startsWith(usersAddedFileName);
}

/**
 * On a volume that belongs to another user, or that is mounted for reading only, this fails; what is made inside is closed
 * by its own mode.
 */
async function closeToOthers(path: string): Promise<void> {
  // It would no longer be seen that the group is to be trusted.
  if (volumeGroup(await stat(path)) !== undefined) return;
  try {
    await chmod(path, 0o700);
  } catch (error) {
    if (!['EPERM', 'EROFS'].includes(errorCode(error))) throw error;
  }
}
