import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { Socket } from 'node:net';
import { constants, setPriority } from 'node:os';
import process from 'node:process';
import type { Readable, Writable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { ChatError } from '../../../shared/errors.js';
import { createMutex } from '../../../shared/async/mutex.js';
import { raceTimeout } from '../../../shared/async/with-timeout.js';
import { readFrames, writeFrame, type Frame } from './frames.js';
import { maxResultBytes, readAnswer, type ImageJob, type ImageJobResult } from './image-job.js';

/** Does work on images somewhere else: typing continues, and what goes wrong there stays there. */
export type ImageProcess = {
  /**
   * Does a job, after those that were given before.
   * @throws ChatError as the work itself does; `timed-out`: the process was ended; `internal`: it ended by itself.
   */
  run(job: ImageJob, bytes: Uint8Array): Promise<ImageJobResult>;
};

/** How a process for images is started and bounded; times in milliseconds. */
export type ImageProcessOptions = {
  readonly start?: () => JobProcess;
  /** No job takes longer. */
  readonly timeLimit?: number;
  /** Without work for so long, it ends. */
  readonly idleLimit?: number;
};

/** Instead of an answer, where the pipe broke. */
const broken = { done: true, value: undefined } as const;

type Running = { readonly child: JobProcess; readonly answers: AsyncGenerator<Frame, undefined> };

/** Started with the first job, ended when there was none for a while; it never keeps this program alive. */
export function createImageProcess(options: ImageProcessOptions = {}): ImageProcess {
  // An honest image of 40 megapixels takes some seconds, a few times over if it must be scaled.
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

  async function runNow(job: ImageJob, bytes: Uint8Array): Promise<ImageJobResult> {
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

/** The one that the client's images share. */
export const imageProcess = createImageProcess();

/** Whether this program waits for the other process before it ends. */
function keepAlive(child: JobProcess, isWanted: boolean): void {
  for (const handle of [child, child.stdin, child.stdout]) {
    if (handle !== child && !(handle instanceof Socket)) continue;
    if (isWanted) handle.ref();
    else handle.unref();
  }
}

/** A process that does `ImageJob`s, and its pipes. */
export type JobProcess = ChildProcessByStdio<Writable, Readable, null>;

/** Keys come first where processors are scarce. With the lowest priority an image took a minute beside two busy programs. */
const { PRIORITY_BELOW_NORMAL: priority } = constants.priority;

// Run from its sources, as tests are, the program needs a loader; when built, all parts are one folder deep.
const program = import.meta.url.endsWith('.ts')
  ? ['--import', 'tsx', pathOf('./main.ts')]
  : [pathOf('../client/images/process/main.js')];

/** Starts a process for images, without what the environment tells this program: a password may be there. */
export function startProcess(): JobProcess {
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('CHAT_')));
  const child = spawn(process.execPath, program, {
    stdio: ['pipe', 'pipe', 'ignore'],
    env,
    windowsHide: true,
  });
  try {
    // Before it has started a thread: on Linux each has a priority of its own, which it inherits.
    if (child.pid !== undefined) setPriority(child.pid, priority);
  } catch {
    // Works all the same.
  }
  return child;
}

function pathOf(relative: string): string {
  return fileURLToPath(new URL(relative, import.meta.url));
}
