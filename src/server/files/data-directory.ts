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
  readonly log: string;
};

/** Of all files in the directory; a new version needs a migration. Version 1 would show everybody all rooms. */
const currentVersion = 2;
const versionFile = 'version';
export const usersAddedFileName = 'users-added';
const versionForm = /^chat data ([1-9]\d{0,8})\n$/;

/** Creates the directory (0700) if absent or empty. Throws `data-directory`, changing nothing, if it is not safe. */
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

/** After the log was upgraded: earlier versions then reject the directory. */
export async function markUpgraded({ path }: DataDirectory): Promise<void> {
  if (((await readVersion(path)) ?? 0) < currentVersion) await writeVersion(path);
}

function writeVersion(path: string): Promise<void> {
  return replaceFile(join(path, versionFile), `chat data ${currentVersion}\n`);
}

/** Rejects files that others may have put into a directory that was never used. */
async function prepareNew(path: string): Promise<void> {
  const names = await readdir(path);
  refuseForeign(path, names);
  // An empty directory, a new volume for instance, may be open to all up to now.
  if (!names.some(isFromChatUsers)) await closeToOthers(path);
  await refuseExposed(path);
}

/** Like ssh. `accounts.json` and the key are checked whenever they are read. */
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

/** Like `mkdir -p`; Node's `recursive` never returns where directories cannot be created, as in /proc. */
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

/** Allows files of the file system, hidden files, and accounts added before the first start. */
function refuseForeign(path: string, names: readonly string[]): void {
  const foreign = names.find(
    (name) =>
      name !== 'lost+found' &&
      !name.startsWith('.') &&
      !isFromChatUsers(name) &&
      !name.startsWith(`${versionFile}.`),
  );
  if (foreign === undefined) return;
  throw new ChatError('data-directory', `${path} is not a chat data directory: it contains ${foreign}`, {
    hint: 'Choose an empty directory with --data.',
  });
}

function isFromChatUsers(name: string): boolean {
  return name.startsWith('accounts.json') || name.startsWith(usersAddedFileName);
}

/** Cannot close a read-only volume or one of another user; files created inside are closed by their own mode. */
async function closeToOthers(path: string): Promise<void> {
  // Without group access the directory would no longer show that its group is trusted.
  if (volumeGroup(await stat(path)) !== undefined) return;
  try {
    await chmod(path, 0o700);
  } catch (error) {
    if (!['EPERM', 'EROFS'].includes(errorCode(error))) throw error;
  }
}
