import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { programEnvironment } from '../../client/system/program-environment.js';
import { ChatError } from '../../shared/errors.js';
import { thrownMessage } from '../../shared/thrown-message.js';
import { readLine } from '../input.js';
import { passwordIn } from './password-line.js';
import type { Shell } from '../shell.js';
import { splitCommand } from '../split-command.js';

// Time enough to unlock a password store by hand.
const timeLimit = 2 * 60_000;

/**
 * The first line that a program prints, such as `pass show chat`. It is started directly, without a shell
 * (`splitCommand`), with our stderr and without our stdin, which may hold messages.
 */
export async function passwordFromCommand(command: string, { env, cwd }: Shell): Promise<string> {
  const { program, args } = splitCommand(command);
  const child = spawn(program, args, {
    cwd,
    env: programEnvironment(env),
    stdio: ['ignore', 'pipe', 'inherit'],
    timeout: timeLimit,
    killSignal: 'SIGKILL',
  });
  // Waited for from the start: a program that cannot be started tells by `error` alone.
  const closed = once(child, 'close');
  try {
    const [read] = await Promise.all([
      readLine(child.stdout, 4096).then((line) => {
        child.stdout.resume();
        return line;
      }),
      closed,
    ]);
    if (child.signalCode !== null) throw new Error(`it was ended by ${child.signalCode}`);
    if (child.exitCode !== 0) throw new Error(`it ended with exit code ${child.exitCode ?? 'unknown'}`);
    return passwordIn(read, `--password-command: the first line of ${program}'s output`);
  } catch (error) {
    if (error instanceof ChatError) throw error;
    const reason = thrownMessage(error);
    throw new ChatError('usage', `--password-command: ${program} failed: ${reason}`, { cause: error });
  }
}
