import type { Clock } from '../../../shared/clock.js';
import type { IdWindow } from '../../room/message-log.js';
import { createRecent, recentLimits, type Recent } from '../../room/recent.js';
import { createWakeUps, type WakeUps } from '../wake-ups.js';
import { createIdPlaces, type IdPlaces } from './id-places.js';
import type { StoredMessage } from './stored-message.js';

/** The log's ends, and its newest part in memory: what readers see of the stream. */
export type StreamTail = {
  readonly recent: Recent;
  readonly ids: Pick<IdPlaces, 'find' | 'last'>;
  readonly wakeUps: Pick<WakeUps, 'wait' | 'close'>;
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
  idWindow?: IdWindow,
): StreamTail {
  let { head, oldest } = start;
  const recent = createRecent((newest[0]?.entry.sequence ?? head + 1) - 1, recentLimits);
  const ids = createIdPlaces(clock, idWindow);
  const wakeUps = createWakeUps(() => head);

  const keep = ({ entry, author, id }: StoredMessage): void => {
    recent.push(entry);
    if (id !== '') ids.remember(author, id, entry.sequence);
  };
  for (const message of newest) keep(message);

  return {
    recent,
    ids,
    wakeUps,
    head: () => head,
    oldest: () => Math.min(oldest, head + 1),
    push(sequence, message) {
      if (message) keep(message);
      head = sequence;
      wakeUps.wakeSoon();
    },
    dropBelow(sequence) {
      oldest = Math.max(oldest, sequence);
      recent.dropBelow(sequence);
    },
  };
}
