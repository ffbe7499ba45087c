/** A process for pictures: does jobs that come through stdin, one after the other, until its client is gone. */
import process from 'node:process';
import { createMutex } from '../../../shared/async/mutex.js';
import { maxSourceBytes } from '../image-header.js';
import { doJob } from './do-job.js';
import { readFrames, writeFrame, type Frame } from './frames.js';
import { describeFailure, type PictureJob } from './picture-job.js';

// Ctrl+C is for the client, which ends this process when it ends.
process.on('SIGINT', () => undefined);

const runInTurn = createMutex();
try {
  for await (const frame of readFrames(process.stdin, maxSourceBytes)) void runInTurn(() => answer(frame));
} finally {
  // At once, in the middle of a picture too: nobody waits for it any more.
  process.kill(process.pid, 'SIGKILL');
}

async function answer({ header, body }: Frame): Promise<void> {
  try {
    // Our own client wrote it.
    const { bytes, scaled } = await doJob(header as PictureJob, body);
    writeFrame(process.stdout, { header: { scaled }, body: bytes });
  } catch (error) {
    writeFrame(process.stdout, { header: describeFailure(error), body: new Uint8Array() });
  }
}
