import sharp from 'sharp';

/** A small picture of a kind, as an encoder writes it. */
export async function picture(kind: 'png' | 'jpeg'): Promise<Buffer> {
  return sharp({ create: { width: 32, height: 16, channels: 3, background: 'teal' } })
    .toFormat(kind)
    .toBuffer();
}

/** A PNG that does not compress: larger than what X11 hands over in one piece. */
export async function largePicture(): Promise<Buffer> {
  const noise = { type: 'gaussian', mean: 128, sigma: 60 } as const;
  return sharp({ create: { width: 1500, height: 1000, channels: 3, background: 'black', noise } })
    .png()
    .toBuffer();
}
