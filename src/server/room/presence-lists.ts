import type { Clock } from '../../shared/clock.js';
import { encodeUserNames } from '../../shared/extension-codec.js';
import { delay } from '../../shared/async/delay.js';
import type { Presence } from './presence.js';

/** Tells many listeners who is here. */
export type PresenceLists = {
  /** The encoded list at once, and again after changes; ends by throwing the signal's reason. */
  follow(signal: AbortSignal): AsyncGenerator<Uint8Array, never, undefined>;
};

/** A listener gets at most one list in this time, in milliseconds. */
const minIntervalMs = 1000;
/** With many listeners and long lists it gets them less often: so many names a second leave, all told. */
const namesPerSecond = 1_000_000;

/** Makes the lists; each is encoded once. */
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
          const interval = (1000 * listeners * names.length) / namesPerSecond;
          await delay(Math.max(minIntervalMs, interval), clock, signal);
          await presence.changed(names, signal);
        }
      } finally {
        listeners--;
      }
    },
  };
}
