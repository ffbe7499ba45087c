import { createRequire } from 'node:module';
import { Worker } from 'node:worker_threads';
import { ChatError } from '../../shared/errors.js';

const timeLimit = 10_000;
const maxColours = 256;

// A string, so that it runs the same from sources and when built: it is all there is to do over there.
const encoder = `
  const { parentPort, workerData: { module, pixels, width, height, colours } } = require('node:worker_threads');
  parentPort.postMessage(require(module).image2sixel(pixels, width, height, colours));
`;

/**
 * Pixels as a sixel sequence. Choosing the colours and encoding take hundreds of milliseconds for a large
 * picture, so a thread of its own does it.
 * @param pixels RGBA, 4 bytes a pixel
 */
export async function encodeSixel(pixels: Uint8Array, width: number, height: number): Promise<string> {
  const module = createRequire(import.meta.url).resolve('sixel');
  const worker = new Worker(encoder, {
    eval: true,
    workerData: { module, pixels, width, height, colours: maxColours },
  });
  const timer = setTimeout(() => void worker.terminate(), timeLimit);
  try {
    return await new Promise((resolve, reject) => {
      worker.once('message', resolve);
      worker.once('error', reject);
      worker.once('exit', () => reject(new ChatError('timed-out', 'the image is too slow to encode')));
    });
  } finally {
    clearTimeout(timer);
  }
}
