import type { Message } from '../../shared/message.js';
import type { Damage } from './port.js';

/** How far a server's messages have been read, across all subscriptions. */
export type ReadPosition = {
  /** Undefined before the first message, and if the server has no sequences. */
  readonly readUpTo: number | undefined;
  /** The next batch is the first of a history, because the subscription did not resume. */
  readonly startsNewList: boolean;
  /** Messages up to this sequence are history; undefined: the first batch is. */
  readonly historyEnd: number | undefined;
  /** How many consecutive batches were cut short at the same message. */
  readonly cutShort: number;
};

export const nothingRead: ReadPosition = {
  readUpTo: undefined,
  startsNewList: true,
  historyEnd: undefined,
  cutShort: 0,
};

/** What a batch adds. */
export type BatchRead = {
  readonly position: ReadPosition;
  /** The messages that were not read before. */
  readonly fresh: readonly Message[];
  readonly isReplay: (message: Message) => boolean;
};

/** What a stream delivered at once; `upTo` as in `SubscriptionEvent`. */
export type BatchContent = {
  readonly messages: readonly Message[];
  readonly upTo?: number;
  readonly damage?: Damage;
};

/** Sorts a batch into what was read before and what is new. */
export function readBatch(
  { readUpTo, startsNewList, historyEnd, cutShort }: ReadPosition,
  { messages, upTo = 0, damage }: BatchContent,
): BatchRead {
  // An empty batch says that there is no history: a later subscription resumes from the head.
  const isEmpty = messages.length === 0 && !damage;
  let last = readUpTo ?? (isEmpty ? historyEnd : undefined);
  const fresh = messages.filter(({ sequence }) => {
    if (sequence > 0 && sequence <= (last ?? 0)) return false;
    if (sequence > 0) last = sequence;
    return true;
  });
  const same = fresh.length > 0 ? 0 : cutShort;
  const isHistory = startsNewList && historyEnd === undefined;
  return {
    position: {
      readUpTo: upTo > (last ?? 0) ? upTo : last,
      startsNewList: false,
      historyEnd,
      cutShort: damage?.isCutShort ? same + 1 : same,
    },
    fresh,
    isReplay: ({ sequence }) => isHistory || (sequence > 0 && sequence <= (historyEnd ?? 0)),
  };
}

/**
 * Where to resume. A batch that was cut short is requested once more, since it may have been damaged in
 * transit; after that, one message further on each time, so that an unreadable message does not block the
 * following ones.
 */
export function resumeAfter({ readUpTo = 0, cutShort }: ReadPosition): number {
  return readUpTo + Math.max(0, cutShort - 1);
}
