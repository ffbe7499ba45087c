import { constants } from 'node:fs';
import { access, stat } from 'node:fs/promises';
import { delimiter, resolve } from 'node:path';
import { ChatError } from '../../../shared/errors.js';
import { fileFailure } from '../../../shared/file-failure.js';
import type { IO } from '../../io/io.js';
import type { CommandLine } from '../../options/split-command.js';

/** Where execvp looks if there is no PATH at all. */
const withoutPath = '/bin:/usr/bin';

/**
 * Throws `usage` unless there is such a program: told at the start, not at the first message. What Windows would start
 * depends on more than a file's name; there the start itself tells.
 */
export async function checkProgram(
  { program }: CommandLine,
  { env, cwd }: Pick<IO, 'env' | 'cwd'>,
): Promise<void> {
  if (process.platform === 'win32') return;
  const isPath = program.includes('/');
  // As execvp looks: an empty part of PATH is the present directory.
  const folders = isPath ? [cwd] : (env.PATH ?? withoutPath).split(delimiter);
  let failure: unknown;
  for (const folder of folders) {
    try {
      await checkExecutable(resolve(cwd, folder, program));
      return;
    } catch (thrown) {
      failure = thrown;
    }
  }
  throw new ChatError('usage', `--exec: cannot start ${program}`, {
    hint: isPath ? fileFailure(failure) : 'There is no such program in PATH.',
    cause: failure,
  });
}

async function checkExecutable(path: string): Promise<void> {
  const file = await stat(path);
  if (!file.isFile()) throw new Error('it is no file');
  await access(path, constants.X_OK);
}
