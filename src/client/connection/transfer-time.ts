/** A slower line counts as broken: 64 kB/s. */
const minBytesPerMs = 64;

/** The additional timeout for a message of this size. */
export function transferTimeMs(bytes: number): number {
  return Math.ceil(bytes / minBytesPerMs);
}
