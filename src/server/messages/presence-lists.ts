import type { Clock } from '../../shared/clock.js';
import { encodeOnline } from '../../shared/extension-codec.js';
import { delay } from '../../shared/async/delay.js';
import { onAbort } from '../../shared/async/on-abort.js';
import type { Presence } from './presence.js';
import type { StorageStatus } from './storage-status.js';

type PresenceLists = {
  /** Yields the encoded list at once and after changes, until it throws the signal's reason. */
  follow(signal: AbortSignal): AsyncGenerator<Uint8Array, never, undefined>;
};

const minIntervalMs = 1000;
/** To all listeners together: with many of them and long lists, each gets fewer lists. */
const maxNamesPerSecond = 1_000_000;

/** Encodes each list once. */
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
          const intervalMs = (1000 * listeners * names.length) / maxNamesPerSecond;
          await delay(Math.max(minIntervalMs, intervalMs), clock, signal);
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
