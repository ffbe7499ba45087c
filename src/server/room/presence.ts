import { createSignal } from '../../shared/async/signal.js';

/** Who is here: whoever has a `messageList` stream open. */
export type Presence = {
  /** Counts one more stream of `name`; the returned function takes it back. */
  join(name: string): () => void;
  /** The names, each once, sorted. The same array until they change. */
  names(): readonly string[];
  /** Resolves when `names()` is no longer `seen`; rejects with the signal's reason when it aborts. */
  changed(seen: readonly string[], signal: AbortSignal): Promise<void>;
};

/** Who is connected to this server. */
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
