import { messageDigest } from '../../shared/message-digest.js';
import { decodedEntries } from './backward.js';
import { isLobbyMessage, type DroppedMessage, type Entry, type MessageLog } from './message-log.js';

type Digests = {
  at(sequence: number): Promise<string | undefined>;
};

/** Clients that reconnect have few different cursors, and hashing a large image takes milliseconds. */
const maxCachedDigests = 64;

/** Caches digests: a message does not change while its log is open. */
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
        if (cache.size <= maxCachedDigests) break;
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

export function droppedMessage(entry: Entry | undefined): DroppedMessage | undefined {
  const digest = entry && digestOf(entry);
  return entry && digest !== undefined ? { sequence: entry.sequence, digest } : undefined;
}

/** Only of lobby messages: a digest could confirm a guess. */
function digestOf(entry: Entry): string | undefined {
  if (!isLobbyMessage(entry)) return undefined;
  const [decoded] = decodedEntries([entry]);
  return decoded && messageDigest(decoded.message);
}
