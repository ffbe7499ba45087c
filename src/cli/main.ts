import { cleanEnvironment } from '../client/system/environment.js';
import { systemClock } from '../shared/clock.js';
import { errorCode } from '../shared/error-code.js';
import { fileFailure } from '../shared/file-failure.js';
import { exitCodes, exitProcess, untilThreadsIdle } from './io/exit.js';
import { runProgram } from './program.js';
import { reportError } from './io/report-error.js';
import { processIO, type OutputStream } from './io/io.js';

// A reader that closes the pipe (`| head -1`) is no failure.
process.stdout.on('error', (error) => {
  if (errorCode(error) === 'EPIPE') exitProcess(exitCodes.done);
  // Exit here: the command would report it again.
  process.stderr.write(`chat: cannot write to stdout: ${fileFailure(error)}\n`);
  exitProcess(exitCodes.unexpected);
});
// If stderr fails there is no way left to report it.
process.stderr.on('error', () => undefined);

for (const event of ['uncaughtException', 'unhandledRejection'] as const) {
  process.on(event, fail);
}

cleanEnvironment(process.env);
const exitCode = await runProgram(process.argv.slice(2), processIO);
await Promise.all([drained(process.stdout), drained(process.stderr)]);
// Gives file writes some time; after that a signal's exit code may become the signal.
await untilThreadsIdle(250, systemClock);
exitProcess(exitCode);

function fail(thrown: unknown): void {
  const debug = process.argv.includes('--debug');
  void reportError(thrown, processIO, { debug }).then(exitProcess);
}

/** Resolves when all output so far is written: on a pipe, `process.exit` would cut it off. */
function drained(stream: OutputStream): Promise<void> {
  return new Promise((resolve) => stream.write('', () => resolve()));
}
