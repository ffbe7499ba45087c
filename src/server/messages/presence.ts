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

/** What servers notify each other of. */
export type PeerNote =
  /** What the account has read of a room, or its settings, changed; see `encodedMark`. */
  | { readonly kind: 'mark'; readonly account: string; readonly mark: readonly (number | null)[] }
  | {
      readonly kind: 'typing';
      readonly account: string;
      readonly name: string;
      readonly room: number;
      readonly stopped: boolean;
    };

/** The peer servers. A note is lost while a server cannot be reached. */
export type Peers = {
  send(note: PeerNote): void;
  onNote(listener: (note: PeerNote) => void): void;
  /** Called when notes may have been lost. */
  onMissed(listener: () => void): void;
};

export const noPeers: Peers = {
  send: () => undefined,
  onNote: () => undefined,
  onMissed: () => undefined,
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
