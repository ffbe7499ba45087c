import { createHash } from 'node:crypto';
import type { Message } from '../../shared/message.js';
import type { Cursor, Opened } from '../connection.js';

/** A message that has not been told yet. */
export type Fresh = { readonly message: Message; readonly replay: boolean };

/** How far a server's messages have been read, over all subscriptions. */
export type Place = {
  /** Whether any server has answered yet. */
  isKnown(): boolean;
  /** Whether the server has a log with sequences. */
  hasLog(): boolean;
  /** Where a subscription resumes; undefined: it cannot. */
  cursor(): Cursor | undefined;
  /** The highest sequence read; 0 where there was none. */
  readUpTo(): number;
  /** A subscription began. True if what follows may not join on to what was read before. */
  open(opened: Opened): boolean;
  /** What of a batch has not been read before. */
  take(messages: readonly Message[]): Fresh[];
};

/** So many messages are remembered of a server without sequences, to find the place in its history again. */
const remembered = 1000;

/** A place before the first message. */
export function createPlace(): Place {
  let last: Opened | undefined;
  let readUpTo = 0;
  /** Up to this sequence it is history; undefined: the first batch of all is. */
  let historyEnd: number | undefined;
  let subscriptions = 0;
  let isFirstBatch = true;
  /** Without sequences: the newest messages read, oldest first. */
  let marks: string[] = [];

  /** A server without sequences tells its history again: what follows the last message known is new. */
  function unmarked(messages: readonly Message[]): readonly Message[] {
    const known = new Set(marks);
    const keys = messages.map(markOf);
    const read = isFirstBatch && subscriptions > 1 ? keys.findLastIndex((key) => known.has(key)) + 1 : 0;
    marks = [...marks, ...keys.slice(read)].slice(-remembered);
    return messages.slice(read);
  }

  return {
    isKnown: () => last !== undefined,
    hasLog: () => last?.logId !== undefined,
    cursor: () => (last?.logId === undefined ? undefined : { logId: last.logId, after: readUpTo }),
    readUpTo: () => readUpTo,
    open(opened) {
      const isSameLog = opened.logId === last?.logId;
      const isGap = last !== undefined && !opened.resumed && (opened.logId !== undefined || !isSameLog);
      if (last === undefined || !isSameLog) {
        readUpTo = 0;
        marks = [];
        historyEnd = opened.head;
      }
      last = opened;
      subscriptions++;
      isFirstBatch = true;
      return isGap;
    },
    take(messages) {
      const isHistory = isFirstBatch && subscriptions === 1 && historyEnd === undefined;
      const hasSequences = messages.some(({ sequence }) => sequence > 0);
      const news = hasSequences ? messages : unmarked(messages);
      // Nothing before the head: a later subscription goes on from there.
      if (isFirstBatch && messages.length === 0) readUpTo = Math.max(readUpTo, last?.head ?? 0);
      isFirstBatch = false;
      return news.flatMap((message) => {
        const { sequence } = message;
        if (sequence > 0 && sequence <= readUpTo) return [];
        if (sequence > 0) readUpTo = sequence;
        return [{ message, replay: isHistory || (sequence > 0 && sequence <= (historyEnd ?? 0)) }];
      });
    },
  };
}

function markOf({ from, timestamp, type, content }: Message): string {
  return createHash('sha256')
    .update(JSON.stringify([from, timestamp, type]))
    .update(content)
    .digest('base64');
}
