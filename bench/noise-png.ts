import sharp from 'sharp';

/** A PNG of noise, which no encoder can compress; the same in every run. `bits`: per sample. */
export async function noisePng(width: number, height: number, bits: 8 | 16 = 8): Promise<Buffer> {
  const pixels = new (bits === 8 ? Uint8Array : Uint16Array)(width * height * 3);
  // A linear congruential generator with the constants of Numerical Recipes.
  for (let index = 0, seed = 1; index < pixels.length; index++) {
    seed = (seed * 1664525 + 1013904223) >>> 0;
    pixels[index] = seed >>> (32 - bits);
  }
  return sharp(pixels, { raw: { width, height, channels: 3 } })
    .toColourspace(bits === 8 ? 'srgb' : 'rgb16')
    .png()
    .toBuffer();
}
