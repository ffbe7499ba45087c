import { isSameName } from '../../shared/fold-text.js';
import { contentType, messageKind, plainPlacement, type Detail, type Message } from '../../shared/message.js';
import { reactedTo } from '../../shared/message-rules.js';
import type { Item } from './item.js';
import type { PagedList } from './paged-list.js';

const noContent: Uint8Array = new Uint8Array(0);

/** Whether only a tombstone is left of a message. */
export function isDeleted({ detail }: Message): boolean {
  return detail?.deleted === true;
}

/** Whether a reaction has more people than names, so that it is unknown who takes it back. */
export function isIncomplete({ detail }: Message): boolean {
  return detail?.reactions?.some(({ names, count }) => names.length < count) ?? false;
}

/**
 * The message after a change; the same one if the change is not for it, or not allowed: servers check this, too. A change
 * that it already contains may be applied again, if all later ones are as well.
 */
export function changedBy(
  message: Message,
  { sequence, from, timestamp, type, content, detail }: Message,
): Message {
  const placed: Detail = message.detail ?? plainPlacement;
  const isFor =
    detail?.target === message.sequence && sequence > message.sequence && detail.room === placed.room;
  if (!detail || !isFor || placed.kind !== messageKind.message || isDeleted(message) || detail.deleted)
    return message;
  const isAuthor = isSameName(from, message.from);
  switch (detail.kind) {
    case messageKind.edit: {
      const isText = message.type === contentType.text && type === contentType.text;
      return isAuthor && isText ? { ...message, content, detail: { ...placed, edited: timestamp } } : message;
    }
    case messageKind.delete:
      return isAuthor || detail.moderated ? tombstone(message) : message;
    case messageKind.react: {
      const { reactions = [] } = placed;
      const had = reactions.filter(({ names }) => names.includes(from)).map(({ emoji }) => emoji);
      const after = { name: from, emoji: detail.emoji ?? [] };
      return {
        ...message,
        detail: { ...placed, reactions: reactedTo(reactions, { name: from, emoji: had }, after).reactions },
      };
    }
    default:
      return message;
  }
}

function tombstone(message: Message): Message {
  const { room, kind, replyTo }: Detail = message.detail ?? plainPlacement;
  const detail = { room, kind, deleted: true, ...(replyTo !== undefined && { replyTo }) };
  return { ...message, content: noContent, detail };
}

/** The messages of a page, with changes that arrived after it was requested. */
export function withChanges(messages: readonly Message[], changes: readonly Message[]): readonly Message[] {
  return changes.length === 0 ? messages : messages.map((message) => changes.reduce(changedBy, message));
}

/** Where a message is in a list that is ordered by sequence; -1 if it is not there. */
export function indexOfSequence(items: PagedList<Item>, sequence: number): number {
  let [low, high] = [0, items.length - 1];
  while (low <= high) {
    const middle = (low + high) >> 1;
    const found = items.at(middle)?.message.sequence ?? 0;
    if (found === sequence) return middle;
    if (found < sequence) low = middle + 1;
    else high = middle - 1;
  }
  return -1;
}
