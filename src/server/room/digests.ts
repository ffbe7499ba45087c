import { messageDigest } from '../../shared/message-digest.js';
import { decodedEntries } from './backward.js';
import { isLobbyMessage, type DroppedMessage, type Entry, type MessageLog } from './message-log.js';

/** The digests of a log's messages, by which a reader proves where it was. */
export type Digests = {
  /** The digest of the message at `sequence`; undefined where there is none to compare with. */
  at(sequence: number): Promise<string | undefined>;
};

/** A crowd that comes back stands at few sequences, and a large image takes milliseconds. */
const cachedDigests = 64;

/** Reads digests of `log` with a small cache: what has a sequence never changes while a log is open. */
export function createDigests(log: Pick<MessageLog, 'readBefore' | 'newestDropped'>): Digests {
  const cache = new Map<number, Promise<string | undefined>>();

  const read = async (sequence: number): Promise<string | undefined> => {
    const [entry] = await log.readBefore(sequence + 1, 1, 1);
    const kept = entry?.sequence === sequence ? digestOf(entry) : undefined;
    const dropped = log.newestDropped();
    return kept ?? (dropped?.sequence === sequence ? dropped.digest : undefined);
  };

  return {
    at(sequence) {
      if (sequence === 0) return Promise.resolve(undefined);
      const cached = cache.get(sequence);
      if (cached) return cached;
      const digest = read(sequence);
      cache.set(sequence, digest);
      for (const oldest of cache.keys()) {
        if (cache.size <= cachedDigests) break;
        cache.delete(oldest);
      }
      const forget = (): void => {
        if (cache.get(sequence) === digest) cache.delete(sequence);
      };
      digest.then((found) => found === undefined && forget(), forget);
      return digest;
    },
  };
}

/** An entry that is about to leave the log, or has left it. */
export function droppedMessage(entry: Entry | undefined): DroppedMessage | undefined {
  const digest = entry && digestOf(entry);
  return entry && digest !== undefined ? { sequence: entry.sequence, digest } : undefined;
}

/** None for what a client that knows no rooms may not see: it could confirm a guess. */
function digestOf(entry: Entry): string | undefined {
  if (!isLobbyMessage(entry)) return undefined;
  const [decoded] = decodedEntries([entry]);
  return decoded && messageDigest(decoded.message);
}
