import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';
import { Worker } from 'node:worker_threads';
import { ChatError } from '../../shared/errors.js';
import type { CellSize } from './image-renderer.js';

/** One picture to draw: a PNG of one pixel a column and two a row, and how many colours `chalk` may use. */
export type BlockJob = { readonly png: Uint8Array; readonly cells: CellSize; readonly chalkLevel: 1 | 2 | 3 };

type Answer = { readonly id: number; readonly text?: string; readonly error?: string };
type Waiting = {
  readonly resolve: (text: string) => void;
  readonly reject: (error: ChatError) => void;
};

// A string, so that it runs the same from sources and when built. terminal-image colours by chalk, which guesses
// the colours from the environment, and draws no wider than stdout; over there both are ours to set.
const program = `
  const { parentPort, workerData } = require('node:worker_threads');
  const loaded = Promise.all([import(workerData.terminalImage), import(workerData.chalk)]);
  async function draw({ id, png, cells, chalkLevel }) {
    try {
      const [{ default: terminalImage }, { default: chalk }] = await loaded;
      chalk.level = chalkLevel;
      process.stdout.columns = cells.columns;
      const size = { width: cells.columns, height: cells.rows };
      // Native rendering would write to the terminal by itself.
      const text = await terminalImage.buffer(png, { ...size, preferNativeRender: false });
      parentPort.postMessage({ id, text });
    } catch (error) {
      parentPort.postMessage({ id, error: String(error) });
    }
  }
  // One after the other: each sets what all share.
  let last = loaded;
  parentPort.on('message', (job) => { last = last.then(() => draw(job), () => draw(job)); });
`;

const waiting = new Map<number, Waiting>();
let worker: Worker | undefined;
let lastId = 0;

/**
 * Draws with `terminal-image` in a thread of its own, started on first use: loading it takes a third of a second.
 * The thread does not keep the program alive.
 */
export function drawHalfBlocks(job: BlockJob): Promise<string> {
  const running = (worker ??= start());
  const id = ++lastId;
  return new Promise((resolve, reject) => {
    waiting.set(id, { resolve, reject });
    running.ref();
    running.postMessage({ id, ...job });
  });
}

function start(): Worker {
  const require = createRequire(import.meta.url);
  const urlOf = (name: string) => pathToFileURL(require.resolve(name)).href;
  const started = new Worker(program, {
    eval: true,
    workerData: { terminalImage: urlOf('terminal-image'), chalk: urlOf('chalk') },
  });
  started.on('message', ({ id, text, error }: Answer) => {
    const job = waiting.get(id);
    waiting.delete(id);
    if (waiting.size === 0) started.unref();
    if (text === undefined) job?.reject(new ChatError('internal', `cannot draw the image: ${error ?? ''}`));
    else job?.resolve(text);
  });
  started.once('error', (cause) => fail(started, cause));
  started.once('exit', () => fail(started, undefined));
  return started;
}

/** A thread is gone, and what it had to draw; the next picture starts another one. */
function fail(gone: Worker, cause: unknown): void {
  if (worker !== gone) return;
  worker = undefined;
  const error = new ChatError('internal', 'cannot draw the image', { cause });
  for (const { reject } of waiting.values()) reject(error);
  waiting.clear();
}
