import { onAbort } from '../async/on-abort.js';

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
  const waiting = new Set<() => void>();
  let names: readonly string[] | undefined = [];

  const change = (): void => {
    names = undefined;
    for (const resolve of waiting) resolve();
    waiting.clear();
  };

  const sortedNames = (): readonly string[] => (names ??= [...streams.keys()].sort());

  return {
    join(name) {
      const count = streams.get(name) ?? 0;
      streams.set(name, count + 1);
      if (count === 0) change();
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
        change();
      };
    },
    names: sortedNames,
    async changed(seen, signal) {
      signal.throwIfAborted();
      if (names !== seen) return;
      await new Promise<void>((resolve, reject) => {
        const forget = onAbort(signal, () => {
          waiting.delete(wake);
          reject(signal.reason);
        });
        const wake = (): void => {
          forget();
          resolve();
        };
        waiting.add(wake);
      });
    },
  };
}
