import type { Clock } from '../../shared/clock.js';
import { encodeOnline } from '../../shared/extension-codec.js';
import { delay } from '../../shared/async/delay.js';
import { onAbort } from '../../shared/async/on-abort.js';
import type { Presence } from './presence.js';
import type { StorageStatus } from './storage-status.js';

/** Tells many listeners who is here, and whether messages can be stored. */
export type PresenceLists = {
  /** The encoded list at once, and again after changes; ends by throwing the signal's reason. */
  follow(signal: AbortSignal): AsyncGenerator<Uint8Array, never, undefined>;
};

/** A listener gets at most one list in this time, in milliseconds. */
const minIntervalMs = 1000;
/** With many listeners and long lists it gets them less often: so many names a second leave, all told. */
const namesPerSecond = 1_000_000;

/** Makes the lists; each is encoded once. */
export function createPresenceLists(
  presence: Presence,
  storageStatus: Pick<StorageStatus, 'get' | 'changed'>,
  clock: Clock,
): PresenceLists {
  let listeners = 0;
  let encoded:
    { readonly names: readonly string[]; problem: string | undefined; bytes: Uint8Array } | undefined;

  const bytesOf = (names: readonly string[], problem: string | undefined): Uint8Array => {
    if (encoded?.names !== names || encoded.problem !== problem) {
      encoded = { names, problem, bytes: encodeOnline({ names, storageProblem: problem }) };
    }
    return encoded.bytes;
  };

  return {
    async *follow(signal) {
      listeners++;
      try {
        for (;;) {
          const names = presence.names();
          const problem = storageStatus.get();
          yield bytesOf(names, problem);
          const interval = (1000 * listeners * names.length) / namesPerSecond;
          await delay(Math.max(minIntervalMs, interval), clock, signal);
          await either(
            signal,
            (ended) => presence.changed(names, ended),
            (ended) => storageStatus.changed(problem, ended),
          );
        }
      } finally {
        listeners--;
      }
    },
  };
}

/** Resolves with the first of two waits, and ends the other one. */
async function either(
  signal: AbortSignal,
  ...waits: readonly ((ended: AbortSignal) => Promise<void>)[]
): Promise<void> {
  const ending = new AbortController();
  const unsubscribe = onAbort(signal, () => ending.abort(signal.reason));
  try {
    await Promise.race(waits.map((wait) => wait(ending.signal)));
  } finally {
    unsubscribe();
    ending.abort();
  }
}
