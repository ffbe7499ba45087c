import { messageDigest } from '../../shared/message-digest.js';
import { decodedEntries } from './backward.js';
import { lobby } from '../../shared/message.js';
import {
  isLobbyMessage,
  removedKind,
  type DroppedMessage,
  type Entry,
  type MessageLog,
} from './message-log.js';

type Digests = {
  at(sequence: number): Promise<string | undefined>;
  /** Whether a reader with this digest has read the message, perhaps before it was edited or deleted. */
  isOf(sequence: number, digest: string): Promise<boolean>;
};

type Known = { readonly digest: string | undefined; readonly hasChanged: boolean };

/** Clients that reconnect have few different cursors, and hashing a large image takes milliseconds. */
const maxCachedDigests = 64;

/** What digests are made from. `onAmended` calls back with the entries that have changed. */
export type DigestedLog = Pick<MessageLog, 'readBefore' | 'newestDropped'> & {
  readonly onAmended?: (listener: (sequences: ReadonlySet<number>) => void) => void;
};

/** Caches digests. No digest of earlier contents is kept: it could confirm a guess about what was removed. */
export function createDigests(log: DigestedLog): Digests {
  const cache = new Map<number, Promise<Known>>();
  log.onAmended?.((sequences) => {
    for (const sequence of sequences) cache.delete(sequence);
  });

  const read = async (sequence: number): Promise<Known> => {
    const [entry] = await log.readBefore(sequence + 1, 1, 1);
    const kept = entry?.sequence === sequence ? known(entry) : undefined;
    if (kept?.hasChanged || kept?.digest !== undefined) return kept;
    const dropped = log.newestDropped();
    return { digest: dropped?.sequence === sequence ? dropped.digest : undefined, hasChanged: false };
  };

  const at = (sequence: number): Promise<Known> => {
    if (sequence === 0) return Promise.resolve({ digest: undefined, hasChanged: false });
    const cached = cache.get(sequence);
    if (cached) return cached;
    const found = read(sequence);
    cache.set(sequence, found);
    for (const oldest of cache.keys()) {
      if (cache.size <= maxCachedDigests) break;
      cache.delete(oldest);
    }
    const forget = (): void => {
      if (cache.get(sequence) === found) cache.delete(sequence);
    };
    found.then(({ digest }) => digest === undefined && forget(), forget);
    return found;
  };

  return {
    at: async (sequence) => (await at(sequence)).digest,
    async isOf(sequence, digest) {
      const found = await at(sequence);
      return found.hasChanged || found.digest === digest;
    },
  };
}

export function droppedMessage(entry: Entry | undefined): DroppedMessage | undefined {
  const digest = entry && digestOf(entry);
  return entry && digest !== undefined ? { sequence: entry.sequence, digest } : undefined;
}

function digestOf(entry: Entry): string | undefined {
  return known(entry).digest;
}

/** Only of lobby messages: a digest could confirm a guess. */
function known(entry: Entry): Known {
  if (entry.room !== lobby) return { digest: undefined, hasChanged: false };
  if (entry.kind === removedKind.message) return { digest: undefined, hasChanged: true };
  const [decoded] = isLobbyMessage(entry) ? decodedEntries([entry]) : [];
  if (!decoded) return { digest: undefined, hasChanged: false };
  const { message } = decoded;
  return { digest: messageDigest(message), hasChanged: message.detail?.edited !== undefined };
}
