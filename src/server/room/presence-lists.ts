import type { Clock } from '../../shared/clock.js';
import { encodeUserNames } from '../../shared/extension-codec.js';
import { delay } from '../../shared/async/delay.js';
import type { Presence } from './presence.js';

type PresenceLists = {
  /** Yields the encoded list at once and after changes, until it throws the signal's reason. */
  follow(signal: AbortSignal): AsyncGenerator<Uint8Array, never, undefined>;
};

const minIntervalMs = 1000;
/** To all listeners together: with many of them and long lists, each gets fewer lists. */
const maxNamesPerSecond = 1_000_000;

/** Encodes each list once. */
export function createPresenceLists(presence: Presence, clock: Clock): PresenceLists {
  let listeners = 0;
  let encoded = { names: presence.names(), bytes: encodeUserNames(presence.names()) };

  const bytesOf = (names: readonly string[]): Uint8Array => {
    if (encoded.names !== names) encoded = { names, bytes: encodeUserNames(names) };
    return encoded.bytes;
  };

  return {
    async *follow(signal) {
      listeners++;
      try {
        for (;;) {
          const names = presence.names();
          yield bytesOf(names);
          const intervalMs = (1000 * listeners * names.length) / maxNamesPerSecond;
          await delay(Math.max(minIntervalMs, intervalMs), clock, signal);
          await presence.changed(names, signal);
        }
      } finally {
        listeners--;
      }
    },
  };
}
