import { readPresenceUpdate, type PresenceUpdate } from '../../src/shared/presence-update.js';
import { finish } from './finish.js';

export function presenceUpdate(bytes: Uint8Array): PresenceUpdate {
  return finish(readPresenceUpdate(bytes, 10_000));
}

/** Decodes the updates of one stream, each to the sorted names after it. */
export function namesAfterUpdates(): (bytes: Uint8Array) => string[] {
  let names = new Set<string>();
  return (bytes) => {
    const { first, online, offline } = presenceUpdate(bytes);
    if (first) names = new Set();
    for (const name of offline) names.delete(name);
    for (const name of online) names.add(name);
    return [...names].sort();
  };
}
