/** 64 kB/s; a slower line counts as broken. */
const minBytesPerMs = 64;

export function transferTimeMs(bytes: number): number {
  return Math.ceil(bytes / minBytesPerMs);
}
