import sharp from 'sharp';

/** A small image. */
export async function sampleImage(format: 'png' | 'jpeg'): Promise<Buffer> {
  return sharp({ create: { width: 32, height: 16, channels: 3, background: 'teal' } })
    .toFormat(format)
    .toBuffer();
}

/** Incompressible, and larger than X11 transfers in one piece. */
export async function largeImage(): Promise<Buffer> {
  const noise = { type: 'gaussian', mean: 128, sigma: 60 } as const;
  return sharp({ create: { width: 1500, height: 1000, channels: 3, background: 'black', noise } })
    .png()
    .toBuffer();
}
