import { createSignal } from '../../shared/async/signal.js';

/** The online users: those with an open `messageList` stream. */
export type Presence = {
  /** Counts a stream of `name`; the returned function takes it back. */
  join(name: string): () => void;
  /** Sorted, without duplicates. The same array until they change. */
  names(): readonly string[];
  /** Resolves when `names()` is no longer `seen`; rejects with the signal's reason. */
  changed(seen: readonly string[], signal: AbortSignal): Promise<void>;
};

/** The users connected to this server. */
export function createPresence(): Presence {
  const streams = new Map<string, number>();
  const change = createSignal();
  let names: readonly string[] | undefined = [];

  const namesChanged = (): void => {
    names = undefined;
    change.notify();
  };

  const sortedNames = (): readonly string[] => (names ??= [...streams.keys()].sort());

  return {
    join(name) {
      const count = streams.get(name) ?? 0;
      streams.set(name, count + 1);
      if (count === 0) namesChanged();
      let joined = true;
      return () => {
        if (!joined) return;
        joined = false;
        const rest = (streams.get(name) ?? 1) - 1;
        if (rest > 0) {
          streams.set(name, rest);
          return;
        }
        streams.delete(name);
        namesChanged();
      };
    },
    names: sortedNames,
    async changed(seen, signal) {
      signal.throwIfAborted();
      if (names === seen) await change.wait(signal);
    },
  };
}
