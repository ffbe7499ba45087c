import { once } from 'node:events';
import { createReadStream, type ReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { Credentials } from '../../client/connection/port.js';
import { programEnvironment } from '../../client/system/environment.js';
import { refuseExposedSecret } from '../../server/files/secret-file.js';
import { withoutByteOrderMark } from '../../shared/byte-order-mark.js';
import { ChatError } from '../../shared/errors.js';
import { fileFailure } from '../../shared/file-failure.js';
import { decodeStrictText } from '../../shared/text.js';
import { thrownMessage } from '../../shared/thrown-message.js';
import { setVariable, type IO } from '../io/io.js';
import { readLine, type LineRead } from '../io/read-input.js';
import { askSecret, askLine } from '../io/terminal-prompt.js';
import type { PasswordFlags, LoginFlags } from '../options/command-options.js';
import { splitCommand } from '../options/option-values.js';

// No password is longer: more output means the wrong file or program.
const maxBytes = 4096;

/** The password from an option, else from `CHAT_PASSWORD`, else undefined. Two options are a usage error. */
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
  if (passwordCommand !== undefined) return passwordFromCommand(passwordCommand, io);
  return setVariable(io.env, 'CHAT_PASSWORD');
}

/** The given password, else the answer on the terminal. Throws `usage` if there is no terminal. */
async function obtainPassword(question: string, flags: PasswordFlags, io: IO): Promise<string> {
  const given = await givenPassword(flags, io);
  if (given !== undefined) return given;
  if (io.stdin.isTTY) return askSecret(question, io);
  throw new ChatError('usage', 'no password given, and no terminal to ask for it', {
    hint: 'Set CHAT_PASSWORD, or use --password-file, --password-stdin or --password-command.',
  });
}

/** The first line of stdin; the rest stays in the stream. */
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

// Enough time to unlock a password store by hand.
const commandTimeoutMs = 2 * 60_000;

/**
 * The first line that a program prints. It runs without a shell, and without our stdin, which may contain messages. Not by
 * `startProgram`: the program may ask on stderr, and print any amount after the line.
 */
async function passwordFromCommand(command: string, { env, cwd }: IO): Promise<string> {
  const { spawn } = await import('node:child_process');
  const [program, ...args] = splitCommand(command);
  const child = spawn(program, args, {
    cwd,
    env: programEnvironment(env),
    stdio: ['ignore', 'pipe', 'inherit'],
    timeout: commandTimeoutMs,
    killSignal: 'SIGKILL',
  });
  // Awaited from the start: if the program cannot be started there is only an `error` event.
  const closed = once(child, 'close');
  try {
    const [read] = await Promise.all([
      readLine(child.stdout, maxBytes).then((line) => {
        child.stdout.resume();
        return line;
      }),
      closed,
    ]);
    if (child.signalCode !== null) throw new Error(`it was terminated by ${child.signalCode}`);
    if (child.exitCode !== 0) throw new Error(`it exited with code ${child.exitCode ?? 'unknown'}`);
    return passwordIn(read, `--password-command: the first line of ${program}'s output`);
  } catch (error) {
    if (error instanceof ChatError) throw error;
    const reason = thrownMessage(error);
    throw new ChatError('usage', `--password-command: ${program} failed: ${reason}`, { cause: error });
  }
}

/** The password in a line; `what` names the line in errors. */
function passwordIn(read: LineRead, what: string): string {
  if (read === 'too-long') throw new ChatError('usage', `${what} is too long for a password`);
  if (read === 'end' || read.line.length === 0) throw new ChatError('usage', `${what} is empty`);
  const password = withoutByteOrderMark(read.line);
  if (password.length === 0) throw new ChatError('usage', `${what} is empty`);
  if (isUtf16(password)) {
    throw new ChatError('usage', `${what} is UTF-16`, { hint: 'Save it as UTF-8.' });
  }
  const text = decodeStrictText(password);
  if (text === undefined) throw new ChatError('usage', `${what} is not UTF-8`);
  return text;
}

/** Windows PowerShell writes UTF-16, with another byte order mark. */
function isUtf16([first, second]: Buffer): boolean {
  return (first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff);
}

/** The user name from `--user` or `CHAT_USER`. */
export function givenUser({ user }: LoginFlags, { env }: Pick<IO, 'env'>): string | undefined {
  return user ?? setVariable(env, 'CHAT_USER');
}

/** User and password as given, else asked on the terminal. Throws `usage` if there is no terminal. */
export async function obtainCredentials(flags: LoginFlags, io: IO): Promise<Credentials> {
  const user = givenUser(flags, io) ?? (await askUser(io));
  if (user === '') throw new ChatError('usage', 'the user name is empty');
  return { user, password: await obtainPassword(`Password of ${user}: `, flags, io) };
}

async function askUser(io: IO): Promise<string> {
  // With --password-stdin stdin is no terminal, so a question cannot consume its first line.
  if (io.stdin.isTTY) return askLine('User: ', io);
  throw new ChatError('usage', 'no user given, and no terminal to ask for it', {
    hint: 'Set CHAT_USER, or use --user.',
  });
}
