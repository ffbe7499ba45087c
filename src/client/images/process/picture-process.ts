import { Socket } from 'node:net';
import process from 'node:process';
import { ChatError } from '../../../shared/errors.js';
import { createMutex } from '../../../shared/async/mutex.js';
import { raceTimeout } from '../../../shared/async/with-timeout.js';
import { readFrames, writeFrame, type Frame } from './frames.js';
import { maxResultBytes, readAnswer, type PictureJob, type PictureResult } from './picture-job.js';
import { startProcess, type JobProcess } from './start-process.js';

/** Does work on pictures somewhere else: typing goes on, and what goes wrong there stays there. */
export type PictureProcess = {
  /**
   * Does a job, after those that were given before.
   * @throws ChatError as the work itself does; `timed-out`: the process was ended; `internal`: it ended by itself.
   */
  run(job: PictureJob, bytes: Uint8Array): Promise<PictureResult>;
};

/** How a process for pictures is started and bounded; times in milliseconds. */
export type PictureProcessOptions = {
  readonly start?: () => JobProcess;
  /** No job takes longer. */
  readonly timeLimit?: number;
  /** Without work for so long, it ends. */
  readonly idleLimit?: number;
};

/** In place of an answer, where the pipe broke. */
const broken = { done: true, value: undefined } as const;

type Running = { readonly child: JobProcess; readonly answers: AsyncGenerator<Frame, undefined> };

/** Started with the first job, ended when there was none for a while; it never keeps this program alive. */
export function createPictureProcess(options: PictureProcessOptions = {}): PictureProcess {
  // An honest picture of 40 megapixels takes some seconds, a few times over if it must be scaled.
  const { start = startProcess, timeLimit = 60_000, idleLimit = 10_000 } = options;
  let running: Running | undefined;
  let idle: NodeJS.Timeout | undefined;
  const runInTurn = createMutex();

  function begin(): Running {
    const child = start();
    const answers = readFrames(child.stdout, maxResultBytes);
    const end = () => void child.kill('SIGKILL');
    process.once('exit', end);
    child.once('close', () => {
      process.off('exit', end);
      if (running?.child === child) running = undefined;
    });
    // What that means for a job is seen where its answer does not come.
    child.on('error', () => undefined);
    child.stdin.on('error', () => undefined);
    return { child, answers };
  }

  function end(): void {
    running?.child.kill('SIGKILL');
    running = undefined;
  }

  async function runNow(job: PictureJob, bytes: Uint8Array): Promise<PictureResult> {
    clearTimeout(idle);
    const { child, answers } = (running ??= begin());
    keepAlive(child, true);
    writeFrame(child.stdin, { header: job, body: bytes });
    // A pipe that breaks ends, too. Not when a killed process hangs in a drive that does not answer: it keeps its pipes.
    const answer = await raceTimeout(
      timeLimit,
      answers.next().catch(() => broken),
    );
    keepAlive(child, false);
    if (answer?.value) {
      idle = setTimeout(end, idleLimit).unref();
      return readAnswer(answer.value);
    }
    end();
    throw answer === undefined
      ? new ChatError('timed-out', 'the image takes too long to read or decode')
      : new ChatError('internal', 'the image decoder has failed');
  }

  return { run: (job, bytes) => runInTurn(() => runNow(job, bytes)) };
}

/** The one that the client's pictures share. */
export const pictureProcess = createPictureProcess();

/** Whether this program waits for the other process before it ends. */
function keepAlive(child: JobProcess, isWanted: boolean): void {
  for (const handle of [child, child.stdin, child.stdout]) {
    if (handle !== child && !(handle instanceof Socket)) continue;
    if (isWanted) handle.ref();
    else handle.unref();
  }
}
