import type { Clock } from '../../../shared/clock.js';
import { createTailBuffer, tailBufferLimits, type TailBuffer } from '../../room/tail-buffer.js';
import { createAppendSignal, type AppendSignal } from '../append-signal.js';
import type { StoredMessage } from './stream-reader.js';
import { dedupeWindow, type DedupeWindow } from '../../room/message-log.js';
import { dedupeKey } from '../dedupe-index.js';

/** The log's ends, and its newest part in memory: what readers see of the stream. */
export type StreamTail = {
  readonly tailBuffer: TailBuffer;
  readonly ids: Pick<StreamDedupeIndex, 'find' | 'last'>;
  readonly appendSignal: Pick<AppendSignal, 'wait' | 'close'>;
  /** The newest visible sequence. */
  readonly head: () => number;
  /** The oldest sequence kept; `head() + 1` if none is. */
  readonly oldest: () => number;
  /** Makes the message at `sequence` visible, and wakes who waits; without one, that place stays empty. */
  push(sequence: number, message: StoredMessage | undefined): void;
  /** Hides everything below `sequence`. */
  dropBelow(sequence: number): void;
};

/** Where a tail begins. */
export type TailStart = {
  readonly head: number;
  readonly oldest: number;
  /** The newest messages, oldest first, without a gap up to `head` but for what is damaged. */
  readonly newest: readonly StoredMessage[];
};

/** Makes the tail of a stream as it was found. */
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

/**
 * Where the newest messages with ids stand. NATS tells duplicates; this spares it the common case, and knows of an
 * id whether it is so far back that it may be used again.
 */
type StreamDedupeIndex = {
  /** The sequence of an author's id, within `dedupeWindow`. */
  find(author: string, id: string): number | undefined;
  /** The last sequence with that author's id, however long ago; 0 where it is not known. */
  last(author: string, id: string): number;
  /** An id counts from the moment when this server first sees it: after a restart it is known for longer. */
  remember(author: string, id: string, sequence: number): void;
};

/** More than twice one author's window. So many took 55 MB with ids of 21 characters, 79 MB with the longest ones. */
const maxKeys = 200_000;

type Remembered = { readonly sequence: number; readonly seenAt: number; readonly ordinal: number };

/** Makes an empty index. The oldest places go when there are too many. */
export function createStreamDedupeIndex(
  clock: Clock,
  window: DedupeWindow = dedupeWindow,
): StreamDedupeIndex {
  const places = new Map<string, Remembered>();
  /** How many ids of each author came. */
  const counts = new Map<string, number>();

  return {
    find(author, id) {
      const remembered = places.get(dedupeKey(author, id));
      if (!remembered) return undefined;
      const later = (counts.get(author) ?? 0) - remembered.ordinal;
      const isOver = later >= window.maxCount || clock.monotonicMs() - remembered.seenAt >= window.maxAgeMs;
      return isOver ? undefined : remembered.sequence;
    },
    last: (author, id) => places.get(dedupeKey(author, id))?.sequence ?? 0,
    remember(author, id, sequence) {
      const ordinal = (counts.get(author) ?? 0) + 1;
      counts.set(author, ordinal);
      const key = dedupeKey(author, id);
      // An id that came back stands at the end.
      places.delete(key);
      places.set(key, { sequence, seenAt: clock.monotonicMs(), ordinal });
      if (places.size <= maxKeys) return;
      const [oldest] = places.keys();
      if (oldest !== undefined) places.delete(oldest);
    },
  };
}
