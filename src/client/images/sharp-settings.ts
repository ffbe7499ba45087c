import type sharpFactory from 'sharp';

let loaded: Promise<typeof sharpFactory> | undefined;

/**
 * The decoder, with every loader off that this program does not need: SVG, PDF, HEIF and the rest never see
 * bytes from other people. Loaded on first use, since loading it takes a good part of the start-up time.
 */
export function loadSharp(): Promise<typeof sharpFactory> {
  loaded ??= import('sharp').then(({ default: sharp }) => {
    sharp.block({ operation: ['VipsForeignLoad'] });
    sharp.unblock({
      operation: [
        'VipsForeignLoadPng',
        'VipsForeignLoadJpeg',
        'VipsForeignLoadWebp',
        'VipsForeignLoadNsgif',
        'VipsForeignLoadTiff',
      ],
    });
    // No picture is decoded twice in a row, so the cache would only hold memory.
    sharp.cache(false);
    // Threads an image. Two images at a time may be worked on, and typing must go on meanwhile.
    sharp.concurrency(1);
    return sharp;
  });
  return loaded;
}
