import type { Clock } from '../../../shared/clock.js';
import { createTailBuffer, tailBufferLimits, type TailBuffer } from '../../room/tail-buffer.js';
import { createAppendSignal, type AppendSignal } from '../append-signal.js';
import type { StoredMessage } from './stream-reader.js';
import { dedupeWindow, type DedupeWindow } from '../../room/message-log.js';
import { dedupeKey } from '../dedupe-index.js';

/** What readers see of the stream. */
export type StreamTail = {
  readonly tailBuffer: TailBuffer;
  readonly ids: Pick<StreamDedupeIndex, 'find' | 'last'>;
  readonly appendSignal: Pick<AppendSignal, 'wait' | 'close'>;
  readonly head: () => number;
  /** The oldest sequence kept; `head() + 1` if none is. */
  readonly oldest: () => number;
  /** Makes the message at `sequence` visible and wakes readers; undefined leaves a gap. */
  push(sequence: number, message: StoredMessage | undefined): void;
  dropBelow(sequence: number): void;
};

type TailStart = {
  readonly head: number;
  readonly oldest: number;
  /** Oldest first, up to `head`, without gaps except damaged messages. */
  readonly newest: readonly StoredMessage[];
};

/** Starts with a stream as it was opened. */
export function createStreamTail(
  { newest, ...start }: TailStart,
  clock: Clock,
  window?: DedupeWindow,
): StreamTail {
  let { head, oldest } = start;
  const tailBuffer = createTailBuffer((newest[0]?.entry.sequence ?? head + 1) - 1, tailBufferLimits);
  const ids = createStreamDedupeIndex(clock, window);
  const appendSignal = createAppendSignal(() => head);

  const keep = ({ entry, author, id }: StoredMessage): void => {
    tailBuffer.push(entry);
    if (id !== '') ids.remember(author, id, entry.sequence);
  };
  for (const message of newest) keep(message);

  return {
    tailBuffer,
    ids,
    appendSignal,
    head: () => head,
    oldest: () => Math.min(oldest, head + 1),
    push(sequence, message) {
      if (message) keep(message);
      head = sequence;
      appendSignal.notifySoon();
    },
    dropBelow(sequence) {
      oldest = Math.max(oldest, sequence);
      tailBuffer.dropBelow(sequence);
    },
  };
}

/** NATS deduplicates too: this spares most requests, and knows whether an id has left its window. */
type StreamDedupeIndex = {
  /** The sequence of an author's id, within `dedupeWindow`. */
  find(author: string, id: string): number | undefined;
  /** The last sequence with that author's id, regardless of the window; 0 if unknown. */
  last(author: string, id: string): number;
  /** A restart prolongs the window: it begins when this server first sees the id. */
  remember(author: string, id: string, sequence: number): void;
};

/** More than two authors' windows. 200,000 took 55 MB with ids of 21 characters, 79 MB with the longest ones. */
const maxKeys = 200_000;

type Remembered = { readonly sequence: number; readonly seenAt: number; readonly ordinal: number };

/** When there are too many ids, the oldest are evicted. */
export function createStreamDedupeIndex(
  clock: Clock,
  window: DedupeWindow = dedupeWindow,
): StreamDedupeIndex {
  const known = new Map<string, Remembered>();
  const counts = new Map<string, number>();

  return {
    find(author, id) {
      const remembered = known.get(dedupeKey(author, id));
      if (!remembered) return undefined;
      const later = (counts.get(author) ?? 0) - remembered.ordinal;
      const isExpired =
        later >= window.maxCount || clock.monotonicMs() - remembered.seenAt >= window.maxAgeMs;
      return isExpired ? undefined : remembered.sequence;
    },
    last: (author, id) => known.get(dedupeKey(author, id))?.sequence ?? 0,
    remember(author, id, sequence) {
      const ordinal = (counts.get(author) ?? 0) + 1;
      counts.set(author, ordinal);
      const key = dedupeKey(author, id);
      known.delete(key);
      known.set(key, { sequence, seenAt: clock.monotonicMs(), ordinal });
      if (known.size <= maxKeys) return;
      const [oldest] = known.keys();
      if (oldest !== undefined) known.delete(oldest);
    },
  };
}
