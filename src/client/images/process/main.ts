/** The image process: runs the jobs from stdin one after the other until its client ends. */
import process from 'node:process';
import { createMutex } from '../../../shared/async/mutex.js';
import { maxSourceBytes } from '../decode/image-header.js';
import { readImageFile } from '../decode/read-image-file.js';
import {
  readFrames,
  writeFrame,
  type Frame,
  describeFailure,
  type ImageJob,
  type ImageJobResult,
} from './image-job.js';

// Ctrl+C is for the client, which then ends this process.
process.on('SIGINT', () => undefined);

const runInTurn = createMutex();
try {
  for await (const frame of readFrames(process.stdin, maxSourceBytes)) void runInTurn(() => answer(frame));
} finally {
  process.kill(process.pid, 'SIGKILL');
}

async function answer({ header, body }: Frame): Promise<void> {
  try {
    const { bytes, scaled } = await runJob(header as ImageJob, body);
    writeFrame(process.stdout, { header: { scaled }, body: bytes });
  } catch (error) {
    writeFrame(process.stdout, { header: describeFailure(error), body: new Uint8Array() });
  }
}

async function runJob(job: ImageJob, bytes: Uint8Array): Promise<ImageJobResult> {
  switch (job.kind) {
    case 'prepare':
      return prepare(bytes, job.maxBytes);
    case 'prepare-file':
      return prepare(await readImageFile(job.path), job.maxBytes);
    case 'png': {
      const { drawPng } = await import('./draw-png.js');
      return { bytes: await drawPng(bytes, job), scaled: false };
    }
    case 'smallest': {
      const { drawSmallest } = await import('./draw-png.js');
      return { bytes: Buffer.from(await drawSmallest(bytes, job)), scaled: false };
    }
    case 'half-blocks': {
      const { drawHalfBlocks } = await import('./draw-half-blocks.js');
      return { bytes: Buffer.from(await drawHalfBlocks(bytes, job)), scaled: false };
    }
    case 'sixel': {
      const { drawSixel } = await import('./draw-sixel.js');
      return { bytes: Buffer.from(await drawSixel(bytes, job)), scaled: false };
    }
  }
}

async function prepare(bytes: Uint8Array, maxBytes: number): Promise<ImageJobResult> {
  const { prepareImage } = await import('../decode/prepare-image.js');
  const { png, scaled } = await prepareImage(bytes, maxBytes);
  return { bytes: png, scaled };
}
