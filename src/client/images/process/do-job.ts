import { readImageFile } from '../read-image-file.js';
import type { PictureJob, PictureResult } from './picture-job.js';

/** Does a job in this process. Loads only what that kind of job needs. */
export async function doJob(job: PictureJob, bytes: Uint8Array): Promise<PictureResult> {
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
      const { drawSmallest } = await import('./draw-smallest.js');
      return { bytes: await drawSmallest(bytes, job), scaled: false };
    }
    case 'half-blocks': {
      const { drawHalfBlocks } = await import('./draw-half-blocks.js');
      return { bytes: Buffer.from(await drawHalfBlocks(bytes, job.cells, job.depth)), scaled: false };
    }
    case 'sixel': {
      const { drawSixel } = await import('./draw-sixel.js');
      return { bytes: Buffer.from(await drawSixel(bytes, job)), scaled: false };
    }
  }
}

async function prepare(bytes: Uint8Array, maxBytes: number): Promise<PictureResult> {
  const { prepareImage } = await import('../prepare-image.js');
  const { png, scaled } = await prepareImage(bytes, maxBytes);
  return { bytes: png, scaled };
}
