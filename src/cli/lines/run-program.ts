import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { programEnvironment } from '../../client/system/program-environment.js';
import { errorCode } from '../../shared/error-code.js';
import { ChatError } from '../../shared/errors.js';
import { thrownMessage } from '../../shared/thrown-message.js';
import type { Shell } from '../shell.js';
import type { CommandLine } from '../split-command.js';

/**
 * Runs a program to its end, without a shell, with more variables in its environment and nothing on its stdin. A
 * program that cannot be started is a usage error; one that fails throws `internal`. When the signal aborts it is
 * terminated.
 */
export async function runProgramFor(
  { program, args }: CommandLine,
  variables: Readonly<Record<string, string>>,
  { env, cwd }: Pick<Shell, 'env' | 'cwd'>,
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
    // One variable holds 128 KiB on Linux; a server may allow larger texts.
    const isTooLong = errorCode(thrown) === 'E2BIG';
    throw new ChatError(isTooLong ? 'internal' : 'usage', `--exec: cannot start ${program}`, {
      hint: isTooLong ? 'the message is too long for an environment variable' : thrownMessage(thrown),
      cause: thrown,
    });
  }
}
