import { createHash } from 'node:crypto';
import { messageDigest } from '../../shared/message-digest.js';
import type { Message } from '../../shared/message.js';
import type { Cursor, Damage, Opened } from '../connection/port.js';
import { nothingRead, readBatch, resumeAfter } from '../connection/read-position.js';

/** A message that was not read before. */
export type NewMessage = { readonly message: Message; readonly replay: boolean };

/** The read position of a feed. Unlike a session, it recognises what a repeated history repeats. */
export type FeedPosition = {
  isKnown(): boolean;
  hasLog(): boolean;
  cursor(): Cursor | undefined;
  /** Whether everything up to this sequence was received, including unreadable messages. */
  hasRead(head: number): boolean;
  /** Whether the rest of the last batch can be requested again. */
  isCutShort(): boolean;
  /** Returns true if there is a gap before the new subscription. A stream of rooms begins at the head. */
  open(opened: Opened): boolean;
  take(messages: readonly Message[], damage?: Damage, upTo?: number): NewMessage[];
  /** After a gap in the same log: the sequence up to which everything was read, as far as this is known. */
  readBeforeGap(): number | undefined;
  /** Adds an entry of a page, from before the stream; undefined if it was read before the gap. */
  takeStored(message: Message): NewMessage | undefined;
};

/** Messages remembered, to find the position in a repeated history. */
const maxRemembered = 1000;

/** Starts before the first message. */
export function createFeedPosition(): FeedPosition {
  let last: Opened | undefined;
  let position = nothingRead;
  let subscriptions = 0;
  let isFirstBatch = true;
  /** Unreadable messages since the last readable one. */
  let leftOut = 0;
  /** Digests of the newest messages without sequences, oldest first. */
  let marks: string[] = [];
  let recent = createRecentlyRead();
  /** As `recent`, from before the same log repeated its history. */
  let before: RecentlyRead | undefined;

  /** A server without sequences repeats its history: messages after the last one read are new. */
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
      const after = resumeAfter(position);
      const read = recent.find(after);
      // Only plain messages of the lobby have a digest.
      const digest = read && !read.detail ? messageDigest(read) : headDigest(last, after);
      return { logId: last.logId, after, digest };
    },
    isCutShort: () => position.cutShort > 0,
    hasRead: (head) => (position.readUpTo ?? 0) + leftOut >= head,
    open(opened) {
      const isSameLog = opened.logId === last?.logId;
      const isGap = last !== undefined && !opened.resumed && (opened.logId !== undefined || !isSameLog);
      if (last === undefined || !isSameLog) {
        position = { ...nothingRead, historyEnd: opened.head };
        marks = [];
        recent = createRecentlyRead();
        before = undefined;
      } else if (isGap) {
        // The log may have lost messages and reused their sequences: only identical messages were read before.
        const oldest = recent.oldest() ?? (position.readUpTo ?? 0) + 1;
        position = { ...nothingRead, historyEnd: Math.max(0, oldest - 1) };
        before = recent;
        recent = createRecentlyRead();
      } else {
        position = { ...position, startsNewList: false };
      }
      if (opened.hasRooms && !opened.resumed)
        position = { ...position, startsNewList: false, readUpTo: opened.head };
      last = opened;
      subscriptions++;
      isFirstBatch = true;
      leftOut = 0;
      return isGap;
    },
    take(messages, damage, upTo) {
      const hasSequences = messages.some(({ sequence }) => sequence > 0);
      const read = readBatch(position, {
        messages: hasSequences ? messages : unmarked(messages),
        ...(upTo !== undefined && { upTo }),
        ...(damage && { damage }),
      });
      ({ position } = read);
      // There is nothing before the head: a later subscription resumes from it.
      if (isFirstBatch && messages.length === 0 && !damage)
        position = { ...position, readUpTo: Math.max(position.readUpTo ?? 0, last?.head ?? 0) };
      isFirstBatch = false;
      const newMessages: NewMessage[] = [];
      for (const message of read.fresh) {
        if (message.sequence > 0) recent.add(message);
        if (message.sequence > 0 && before?.hasIdentical(message)) continue;
        newMessages.push({ message, replay: read.isReplay(message) });
      }
      leftOut = (newMessages.length > 0 ? 0 : leftOut) + (damage?.unreadable ?? 0);
      return newMessages;
    },
    readBeforeGap: () => before && position.historyEnd,
    takeStored(message) {
      recent.add(message);
      if (before?.hasIdentical(message)) return undefined;
      return { message, replay: message.sequence <= (position.historyEnd ?? 0) };
    },
  };
}

function headDigest({ head, headDigest: digest }: Opened, sequence: number): string | undefined {
  return head === sequence ? digest : undefined;
}

type RecentlyRead = {
  add(message: Message): void;
  find(sequence: number): Message | undefined;
  hasIdentical(message: Message): boolean;
  oldest(): number | undefined;
};

/** The content of all, but the newest message is always remembered. */
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
    hasIdentical(message) {
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
