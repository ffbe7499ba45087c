/** A slower line counts as broken, in bytes per millisecond (64 kB/s, half a megabit per second). */
const minBytesPerMs = 64;

/** How much longer than a small message one of this size may take, in milliseconds. */
export function transferTimeMs(bytes: number): number {
  return Math.ceil(bytes / minBytesPerMs);
}
