import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { Socket } from 'node:net';
import { constants, setPriority } from 'node:os';
import process from 'node:process';
import type { Readable, Writable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { createMutex } from '../../../shared/async/mutex.js';
import { raceTimeout } from '../../../shared/async/with-timeout.js';
import { ChatError } from '../../../shared/errors.js';
import { checkImageHeader, imageSize } from '../decode/image-header.js';
import type { Attachment } from '../decode/prepare-image.js';
import {
  readFrames,
  writeFrame,
  type Frame,
  maxResultBytes,
  readAnswer,
  type ImageJob,
  type ImageJobResult,
} from './image-job.js';

/** Works on images in another process: typing stays responsive, and a crash stays there. */
export type ImageProcess = {
  /** One job at a time. Throws the job's error, `timed-out` if the process was killed, `internal` if it died. */
  run(job: ImageJob, bytes: Uint8Array): Promise<ImageJobResult>;
};

/** How the process is started and bounded. */
export type ImageProcessOptions = {
  readonly start?: () => JobProcess;
  readonly timeoutMs?: number;
  readonly idleTimeoutMs?: number;
};

const broken = { done: true, value: undefined } as const;

type Running = { readonly child: JobProcess; readonly answers: AsyncGenerator<Frame, undefined> };

/** Starts the process with the first job. It never keeps this program alive. */
export function createImageProcess(options: ImageProcessOptions = {}): ImageProcess {
  // Decoding 40 megapixels takes some seconds, several times if the image must be scaled.
  const { start = startProcess, timeoutMs = 60_000, idleTimeoutMs = 10_000 } = options;
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
    // A broken pipe ends, except when a killed process hangs in a dead network drive and keeps its pipes.
    const answer = await raceTimeout(
      timeoutMs,
      answers.next().catch(() => broken),
    );
    keepAlive(child, false);
    if (answer?.value) {
      idle = setTimeout(end, idleTimeoutMs).unref();
      return readAnswer(answer.value);
    }
    end();
    throw answer === undefined
      ? new ChatError('timed-out', 'the image takes too long to read or decode')
      : new ChatError('internal', 'the image decoder has failed');
  }

  return { run: (job, bytes) => runInTurn(() => runNow(job, bytes)) };
}

function keepAlive(child: JobProcess, isBusy: boolean): void {
  for (const handle of [child, child.stdin, child.stdout]) {
    if (handle !== child && !(handle instanceof Socket)) continue;
    if (isBusy) handle.ref();
    else handle.unref();
  }
}

/** A process that runs `ImageJob`s, and its pipes. */
export type JobProcess = ChildProcessByStdio<Writable, Readable, null>;

/** Typing has precedence. At the lowest priority an image took a minute beside two busy programs. */
const { PRIORITY_BELOW_NORMAL: priority } = constants.priority;

// From sources, as in tests, it needs a loader; in a build every part is one folder deep.
const program = import.meta.url.endsWith('.ts')
  ? ['--import', 'tsx', pathOf('./main.ts')]
  : [pathOf('../client/images/process/main.js')];

/** Hides the variables of this program: one may contain a password. */
export function startProcess(): JobProcess {
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('CHAT_')));
  const child = spawn(process.execPath, program, {
    stdio: ['pipe', 'pipe', 'ignore'],
    env,
    windowsHide: true,
  });
  try {
    // On Linux each thread inherits its priority when it starts, so set it before any does.
    if (child.pid !== undefined) setPriority(child.pid, priority);
  } catch {
    // The priority is optional.
  }
  return child;
}

function pathOf(relative: string): string {
  return fileURLToPath(new URL(relative, import.meta.url));
}

/** `prepareImage` in the image process. `source`: the bytes, or the absolute path of a file. */
export async function prepareImageInProcess(
  imageProcess: ImageProcess,
  source: Uint8Array | string,
  maxBytes: number,
): Promise<Attachment> {
  const { bytes: png, scaled } = await run(imageProcess, source, maxBytes);
  const size = imageSize(png);
  if (!size) throw new ChatError('internal', 'the image decoder has failed');
  return { png, ...size, scaled };
}

async function run(imageProcess: ImageProcess, source: Uint8Array | string, maxBytes: number) {
  if (typeof source === 'string') {
    return imageProcess.run({ kind: 'prepare-file', path: source, maxBytes }, new Uint8Array());
  }
  // Rejects early what is not an image or too large.
  checkImageHeader(source);
  return imageProcess.run({ kind: 'prepare', maxBytes }, source);
}
