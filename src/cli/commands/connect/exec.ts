import type { MessageLine } from '../../../client/lines/message-line.js';
import { programEnvironment } from '../../../client/system/environment.js';
import { errorCode } from '../../../shared/error-code.js';
import { ChatError } from '../../../shared/errors.js';
import { fileFailure } from '../../../shared/file-failure.js';
import { thrownMessage } from '../../../shared/thrown-message.js';
import type { IO } from '../../io/io.js';
import type { CommandLine } from '../../options/option-values.js';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { constants } from 'node:fs';
import { access, stat } from 'node:fs/promises';
import { delimiter, resolve } from 'node:path';

/** Where execvp searches without PATH. */
const defaultPath = '/bin:/usr/bin';

/** Throws `usage` before the first message if the program does not exist. On Windows only starting it can show that. */
export async function checkProgram(
  [program]: CommandLine,
  { env, cwd }: Pick<IO, 'env' | 'cwd'>,
): Promise<void> {
  if (process.platform === 'win32') return;
  const isPath = program.includes('/');
  // As execvp: an empty entry of PATH is the current directory.
  const folders = isPath ? [cwd] : (env.PATH ?? defaultPath).split(delimiter);
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
  if (!file.isFile()) throw new Error('not a file');
  await access(path, constants.X_OK);
}

/**
 * Runs a program without a shell. Throws `usage` if it cannot be started, `internal` if it fails. Not by `startProgram`: the
 * program writes to our stdout, and may clean up when it is stopped.
 */
export async function runProgramFor(
  [program, ...args]: CommandLine,
  variables: Readonly<Record<string, string>>,
  { env, cwd }: Pick<IO, 'env' | 'cwd'>,
  signal: AbortSignal,
): Promise<void> {
  try {
    const child = spawn(program, args, {
      cwd,
      env: { ...programEnvironment(env), ...variables },
      stdio: ['ignore', 'inherit', 'inherit'],
      signal,
    });
    const [code, by] = (await once(child, 'exit')) as [number | null, NodeJS.Signals | null];
    if (code === 0) return;
    const how = by === null ? `with exit code ${code ?? 'unknown'}` : `by ${by}`;
    throw new ChatError('internal', `--exec: ${program} ended ${how}`);
  } catch (thrown) {
    if (thrown instanceof ChatError || signal.aborted) throw thrown;
    // A variable can have 128 KiB on Linux; a server may allow larger texts.
    const isTooLong = errorCode(thrown) === 'E2BIG';
    throw new ChatError(isTooLong ? 'internal' : 'usage', `--exec: cannot start ${program}`, {
      hint: isTooLong ? 'the message is too long for an environment variable' : thrownMessage(thrown),
      cause: thrown,
    });
  }
}

/** A message as environment variables. Undefined values are not set. */
export function messageVariables(line: MessageLine): Record<string, string> {
  const { type, sequence, id, timestamp, from, self, replay } = line;
  const variables: Readonly<Record<string, string | number | boolean | undefined>> = {
    TYPE: type,
    SEQUENCE: sequence,
    ID: id,
    TIMESTAMP: timestamp,
    FROM: from,
    SELF: self,
    REPLAY: replay,
    ROOM: line.room?.name,
    ROOM_NUMBER: line.room?.number,
    REPLY_TO: line.replyTo,
    MENTIONS: line.mentions?.join(','),
    ...(line.type === 'message'
      ? { TEXT: line.text }
      : { WIDTH: line.size?.width, HEIGHT: line.size?.height, BYTES: line.content.length, FILE: line.file }),
  };
  return Object.fromEntries(
    Object.entries(variables).flatMap(([name, value]) =>
      // A variable ends at a NUL.
      value === undefined ? [] : [[`CHAT_MESSAGE_${name}`, String(value).replaceAll('\0', '\ufffd')]],
    ),
  );
}
