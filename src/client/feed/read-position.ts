import { createHash } from 'node:crypto';
import { messageDigest } from '../../shared/message-digest.js';
import type { Message } from '../../shared/message.js';
import { cutShortAfter, resumeAfter } from '../connection/cut-short.js';
import type { Cursor, Damage, Opened } from '../connection/port.js';

/** A message that has not been told yet. */
export type NewMessage = { readonly message: Message; readonly replay: boolean };

/** How far a server's messages have been read, over all subscriptions. */
export type ReadPosition = {
  /** Whether any server has answered yet. */
  isKnown(): boolean;
  /** Whether the server has a log with sequences. */
  hasLog(): boolean;
  /** Where a subscription resumes; undefined: it cannot. */
  cursor(): Cursor | undefined;
  /** Whether everything up to this sequence has come: read, or left out because it cannot be read. */
  hasRead(head: number): boolean;
  /** Whether the last batch was cut short: what is missing can be asked for again. */
  isCutShort(): boolean;
  /** A subscription began. True if what follows may not join on to what was read before. */
  open(opened: Opened): boolean;
  /** What of a batch has not been read before. */
  take(messages: readonly Message[], damage?: Damage): NewMessage[];
};

/** So many messages are remembered, to find the place in a history that is told again. */
const maxRemembered = 1000;

/** A place before the first message. */
export function createReadPosition(): ReadPosition {
  let last: Opened | undefined;
  let readUpTo = 0;
  /** Up to this sequence it is history; undefined: the first batch of all is. */
  let historyEnd: number | undefined;
  let subscriptions = 0;
  let isFirstBatch = true;
  /** Messages left out since the last one that was read. */
  let leftOut = 0;
  /** How often in a row the batch was cut short at the same message. */
  let cutShort = 0;
  /** Without sequences: the newest messages read, oldest first. */
  let marks: string[] = [];
  /** What was read last, to find it again in a history that the same log tells anew. */
  let recent = createRecentlyRead();
  /** The same of the time before the log told its history anew; undefined where it did not. */
  let before: RecentlyRead | undefined;

  /** A server without sequences tells its history again: what follows the last message known is new. */
  function unmarked(messages: readonly Message[]): readonly Message[] {
    const known = new Set(marks);
    const keys = messages.map(markOf);
    const read = isFirstBatch && subscriptions > 1 ? keys.findLastIndex((key) => known.has(key)) + 1 : 0;
    marks = [...marks, ...keys.slice(read)].slice(-maxRemembered);
    return messages.slice(read);
  }

  return {
    isKnown: () => last !== undefined,
    hasLog: () => last?.logId !== undefined,
    cursor() {
      if (last?.logId === undefined) return undefined;
      const after = resumeAfter(readUpTo, cutShort);
      const read = recent.find(after);
      return { logId: last.logId, after, digest: read ? messageDigest(read) : headDigest(last, after) };
    },
    isCutShort: () => cutShort > 0,
    hasRead: (head) => readUpTo + leftOut >= head,
    open(opened) {
      const isSameLog = opened.logId === last?.logId;
      const isGap = last !== undefined && !opened.resumed && (opened.logId !== undefined || !isSameLog);
      if (last === undefined || !isSameLog) {
        readUpTo = 0;
        cutShort = 0;
        marks = [];
        historyEnd = opened.head;
        recent = createRecentlyRead();
        before = undefined;
      } else if (isGap) {
        // The log may have lost messages and given their sequences again: only what is the same was read before.
        historyEnd = Math.max(0, (recent.oldest() ?? readUpTo + 1) - 1);
        readUpTo = 0;
        before = recent;
        recent = createRecentlyRead();
      }
      last = opened;
      subscriptions++;
      isFirstBatch = true;
      leftOut = 0;
      return isGap;
    },
    take(messages, damage) {
      const isHistory = isFirstBatch && subscriptions === 1 && historyEnd === undefined;
      const hasSequences = messages.some(({ sequence }) => sequence > 0);
      const news = hasSequences ? messages : unmarked(messages);
      // Nothing before the head: a later subscription goes on from there.
      if (isFirstBatch && messages.length === 0 && !damage) readUpTo = Math.max(readUpTo, last?.head ?? 0);
      isFirstBatch = false;
      const newMessages = news.flatMap((message) => {
        const { sequence } = message;
        if (sequence > 0 && sequence <= readUpTo) return [];
        if (sequence > 0) {
          readUpTo = sequence;
          recent.add(message);
          if (before?.holds(message)) return [];
        }
        return [{ message, replay: isHistory || (sequence > 0 && sequence <= (historyEnd ?? 0)) }];
      });
      leftOut = (newMessages.length > 0 ? 0 : leftOut) + (damage?.unreadable ?? 0);
      cutShort = cutShortAfter(cutShort, newMessages.length, damage);
      return newMessages;
    },
  };
}

function headDigest({ head, headDigest: digest }: Opened, sequence: number): string | undefined {
  return head === sequence ? digest : undefined;
}

/** The newest messages read from a log with sequences. */
type RecentlyRead = {
  add(message: Message): void;
  find(sequence: number): Message | undefined;
  /** Whether this very message is among them. */
  holds(message: Message): boolean;
  oldest(): number | undefined;
};

/** So many bytes of content are remembered, and the newest message however large it is. */
const maxRememberedBytes = 8 * 1024 * 1024;

function createRecentlyRead(): RecentlyRead {
  const messages = new Map<number, Message>();
  let bytes = 0;
  return {
    add(message) {
      messages.set(message.sequence, message);
      bytes += message.content.length;
      for (const [sequence, { content }] of messages) {
        if (messages.size === 1 || (messages.size <= maxRemembered && bytes <= maxRememberedBytes)) break;
        messages.delete(sequence);
        bytes -= content.length;
      }
    },
    find: (sequence) => messages.get(sequence),
    holds(message) {
      const known = messages.get(message.sequence);
      return known !== undefined && messageDigest(known) === messageDigest(message);
    },
    oldest: () => messages.keys().next().value,
  };
}

function markOf({ from, timestamp, type, content }: Message): string {
  return createHash('sha256')
    .update(JSON.stringify([from, timestamp, type]))
    .update(content)
    .digest('base64');
}
