/** One way of writing a picture: how wide, and with how many colours. */
export type ScaleStep = { readonly width: number; readonly palette: boolean };

/** A wide picture does not become narrower than this while anything else helps: text in it stays readable. */
export const readableWidth = 600;
/** Choosing 256 colours takes about a second for each million pixels; above this it is not tried. */
const maxPalettePixels = 2_000_000;
const smallestWidth = 16;
// A little under the estimate, so that the next try mostly fits.
const margin = 0.97;

/**
 * What to try after a picture came out too large. A PNG's size goes with its number of pixels, so the next width
 * is estimated; at the readable width, fewer colours come before fewer pixels. Undefined: nothing is left.
 * @param last what was tried
 * @param ratio the bytes allowed divided by the bytes it took, below 1
 * @param original the picture's own size in pixels
 */
export function nextScaleStep(
  last: ScaleStep,
  ratio: number,
  original: { readonly width: number; readonly height: number },
): ScaleStep | undefined {
  const estimate = Math.min(last.width - 1, Math.floor(last.width * Math.sqrt(ratio) * margin));
  const floor = original.width > readableWidth ? readableWidth : original.width;
  if (estimate >= floor) return { width: estimate, palette: last.palette };
  if (last.width > floor) return { width: floor, palette: last.palette };
  const height = (original.height * last.width) / original.width;
  if (!last.palette && last.width * height <= maxPalettePixels) return { width: last.width, palette: true };
  if (last.width <= smallestWidth) return undefined;
  return { width: Math.max(estimate, Math.min(smallestWidth, last.width - 1)), palette: last.palette };
}
