import { writeSync } from 'node:fs';
import { errorCode } from '../../shared/error-code.js';

/** Tries before a terminal that takes nothing is given up: half a second in all. */
const mostTries = 100;
const pauseMilliseconds = 5;

/** What `writeNow` needs: writes what it can and returns how much that was; throws as `fs.writeSync` does. */
export type WriteSome = (descriptor: number, bytes: Uint8Array) => number;

/** Writes to a file descriptor before it returns, so that it also works while the process dies. Throws what cannot be waited out. */
export function writeNow(descriptor: number, text: string, writeSome: WriteSome = writeSync): void {
  let rest: Uint8Array = Buffer.from(text);
  for (let tries = 0; rest.length > 0 && tries < mostTries; tries += 1) {
    try {
      rest = rest.subarray(writeSome(descriptor, rest));
    } catch (error) {
      // The terminal is behind: let it catch up.
      if (errorCode(error) !== 'EAGAIN') throw error;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, pauseMilliseconds);
    }
  }
}
