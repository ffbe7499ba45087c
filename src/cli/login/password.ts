import { createReadStream, type ReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { ChatError } from '../../shared/errors.js';
import { refuseExposedSecret } from '../../server/files/secret-file.js';
import { fileFailure } from '../../shared/file-failure.js';
import { readLine } from '../io/read-input.js';
import { passwordIn } from './password-line.js';
import { setVariable, type IO } from '../io/io.js';
import type { PasswordFlags } from '../options/login-options.js';
import { askSecret } from '../terminal/terminal-prompt.js';

// No password is longer; a file or program that gives more is the wrong one.
const maxBytes = 4096;

/**
 * The password that the options or `CHAT_PASSWORD` give, or undefined if they give none. An option wins over
 * the environment; two options are a usage error.
 */
export async function givenPassword(flags: PasswordFlags, io: IO): Promise<string | undefined> {
  const { passwordFile, passwordStdin, passwordCommand } = flags;
  const given = [passwordFile, passwordStdin === true ? true : undefined, passwordCommand];
  if (given.filter((flag) => flag !== undefined).length > 1) {
    throw new ChatError(
      'usage',
      'only one of --password-file, --password-stdin and --password-command can be given',
    );
  }
  if (passwordFile !== undefined) return passwordFromFile(passwordFile, io);
  if (passwordStdin) return passwordFromStdin(io);
  if (passwordCommand !== undefined) {
    const { passwordFromCommand } = await import('./password-command.js');
    return passwordFromCommand(passwordCommand, io);
  }
  return setVariable(io.env, 'CHAT_PASSWORD');
}

/** The password as given, else asked on the terminal; without one a usage error that names the ways. */
export async function obtainPassword(question: string, flags: PasswordFlags, io: IO): Promise<string> {
  const given = await givenPassword(flags, io);
  if (given !== undefined) return given;
  if (io.stdin.isTTY) return askSecret(question, io);
  throw new ChatError('usage', 'no password, and no terminal to ask on', {
    hint: 'Set CHAT_PASSWORD, or use --password-file, --password-stdin or --password-command.',
  });
}

/** The first line of stdin; what follows stays there. */
async function passwordFromStdin({ stdin }: IO): Promise<string> {
  return passwordIn(await readLine(stdin, maxBytes), '--password-stdin: the first line of stdin');
}

async function passwordFromFile(path: string, { cwd }: IO): Promise<string> {
  const file = resolve(cwd, path);
  let stream: ReadStream | undefined;
  try {
    await refuseExposedSecret(file, await stat(file));
    stream = createReadStream(file);
    return passwordIn(await readLine(stream, maxBytes), `--password-file: the first line of ${path}`);
  } catch (error) {
    if (error instanceof ChatError) throw error;
    throw new ChatError('usage', `--password-file: cannot read ${path}: ${fileFailure(error)}`, {
      cause: error,
    });
  } finally {
    stream?.destroy();
  }
}
