import { ChatError } from '../../shared/errors.js';
import { isSameName } from '../../shared/fold-text.js';
import { lobby, messageKind, type Draft, type Message } from '../../shared/message.js';
import { dedupeWindowMs } from '../../shared/message-rules.js';
import { delivered, sending, type Delivery, type Item } from './item.js';

/** A point in time in milliseconds: `now` is monotonic, `wall` counts from 1970. */
export type Instant = { readonly now: number; readonly wall: number };

/** A message for a room; `replyTo`: the sequence of the message that it replies to. `mentions`: as in `Post`. */
export type RoomDraft = Draft & {
  readonly room: number;
  readonly replyTo?: number;
  readonly mentions?: readonly string[];
};

/** An own message that has not arrived from the log yet. */
export type OutboxEntry = {
  readonly draft: RoomDraft;
  readonly room: number;
  readonly item: Item;
  /** The first ambiguous send: the server may have the message. */
  readonly triedAt: Instant | undefined;
};

/** Only one message is in flight at a time, so that the server receives them in order. */
export type Outbox = {
  readonly entries: readonly OutboxEntry[];
  readonly inFlight: string | undefined;
  /** `until`: monotonic milliseconds. */
  readonly paused: { readonly until: number; readonly reason: ChatError } | undefined;
  readonly failures: number;
};

export const emptyOutbox: Outbox = { entries: [], inFlight: undefined, paused: undefined, failures: 0 };

/** Does nothing if the draft's id is there already. */
export function enqueue(outbox: Outbox, draft: RoomDraft, user: string): Outbox {
  if (outbox.entries.some((entry) => entry.draft.id === draft.id)) return outbox;
  const { room } = draft;
  const item: Item = {
    key: draft.id,
    message: pendingMessage(draft, user),
    mine: true,
    delivery: sending,
    replay: false,
    imageNumber: undefined,
  };
  return { ...outbox, entries: [...outbox.entries, { draft, room, item, triedAt: undefined }] };
}

function pendingMessage({ room, replyTo, mentions, ...draft }: RoomDraft, user: string): Message {
  const message: Message = { ...draft, from: user, sequence: 0 };
  if (room === lobby && replyTo === undefined && !mentions) return message;
  const detail = {
    ...{ room, kind: messageKind.message },
    ...(replyTo !== undefined && { replyTo }),
    ...(mentions && { mentions }),
  };
  return { ...message, detail };
}

/** Moves failed messages to the end, with their old ids; without a key, all of them. */
export function resend(outbox: Outbox, key: string | undefined): Outbox {
  const isMeant = ({ item }: OutboxEntry): boolean =>
    item.delivery.type === 'failed' && (key === undefined || item.key === key);
  const again = outbox.entries
    .filter(isMeant)
    .map((entry) => ({ ...deliver(entry, sending), triedAt: undefined }));
  return { ...outbox, entries: [...outbox.entries.filter((entry) => !isMeant(entry)), ...again] };
}

export function discard(outbox: Outbox, key: string): Outbox {
  return remove(outbox, ({ item }) => item.key === key && item.delivery.type === 'failed');
}

export function nextDraft({ entries, inFlight, paused }: Outbox): RoomDraft | undefined {
  if (inFlight !== undefined || paused) return undefined;
  return entries.find(({ item }) => item.delivery.type === 'sending')?.draft;
}

/** `sequence`: 0 if unknown. The entry stays until its echo arrives. */
export function markDelivered(outbox: Outbox, id: string, sequence: number): Outbox {
  const settled = settle(outbox, id);
  return replace(settled, id, (entry) => {
    const { item } = deliver(entry, delivered);
    return { ...entry, item: { ...item, message: { ...item.message, sequence } } };
  });
}

export function markFailed(outbox: Outbox, id: string, reason: ChatError): Outbox {
  return replace(settle(outbox, id), id, (entry) => deliver(entry, { type: 'failed', reason }));
}

/** `triedAt`: undefined if the message certainly did not arrive. */
export function retryLater(
  outbox: Outbox,
  id: string,
  paused: { readonly until: number; readonly reason: ChatError },
  triedAt: Instant | undefined,
): Outbox {
  const waiting = { ...outbox, inFlight: undefined, paused, failures: outbox.failures + 1 };
  return replace(waiting, id, (entry) => ({ ...entry, triedAt: entry.triedAt ?? triedAt }));
}

export function release(outbox: Outbox): Outbox {
  return outbox.paused ? { ...outbox, paused: undefined } : outbox;
}

/** For a new timeline, which will contain the delivered messages. */
export function dropDelivered(outbox: Outbox): Outbox {
  return remove(outbox, ({ item }) => item.delivery.type === 'delivered');
}

/** Drops delivered messages that are older than the timeline, so that no echo will arrive. */
export function dropPassed(outbox: Outbox, readUpTo: number | undefined): Outbox {
  const isPassed = ({ item: { delivery, message } }: OutboxEntry): boolean =>
    delivery.type === 'delivered' && message.sequence > 0 && message.sequence <= (readUpTo ?? 0);
  return outbox.entries.some(isPassed) ? remove(outbox, isPassed) : outbox;
}

export function dropEntry(outbox: Outbox, id: string): Outbox {
  return remove(outbox, ({ draft }) => draft.id === id);
}

/** Fails messages that may have arrived if the server can no longer deduplicate a retry. */
export function failUnrepeatable(
  outbox: Outbox,
  logId: { readonly before: string | undefined; readonly now: string | undefined },
  instant: Instant,
): Outbox {
  const isOther = logId.before !== undefined && logId.before !== logId.now;
  const isUnknown = logId.now === undefined || isOther;
  const entries = outbox.entries.map((entry) =>
    entry.item.delivery.type === 'sending' &&
    // Its call to the other log has not ended yet.
    ((isOther && entry.draft.id === outbox.inFlight) ||
      (entry.triedAt !== undefined && (isUnknown || isForgotten(entry.triedAt, instant))))
      ? deliver(entry, { type: 'failed', reason: mayNotHaveArrived() })
      : entry,
  );
  return { ...outbox, entries };
}

/** The monotonic clock may stop during sleep and the wall clock may jump: the larger difference is the safe one. */
function isForgotten(triedAt: Instant, { now, wall }: Instant): boolean {
  return Math.max(now - triedAt.now, wall - triedAt.wall) >= dedupeWindowMs;
}

/** By id; on a server without ids by author, time, type and content. */
export function findEcho(
  { entries }: Outbox,
  message: Message,
  { user, logId }: { user: string; logId: string | undefined },
): OutboxEntry | undefined {
  if (entries.length === 0 || !isSameName(message.from, user)) return undefined;
  if (message.id !== '') return entries.find(({ draft }) => draft.id === message.id);
  if (logId !== undefined) return undefined;
  return entries.find(
    ({ draft }) =>
      draft.timestamp === message.timestamp &&
      draft.type === message.type &&
      Buffer.compare(draft.content, message.content) === 0,
  );
}

export function mayNotHaveArrived(cause?: unknown): ChatError {
  return new ChatError('may-not-have-arrived', 'may not have arrived', {
    hint: 'Check whether it is in the list after reconnecting; /resend sends it again.',
    cause,
  });
}

function settle(outbox: Outbox, id: string): Outbox {
  return { ...outbox, inFlight: outbox.inFlight === id ? undefined : outbox.inFlight, failures: 0 };
}

function deliver(entry: OutboxEntry, delivery: Delivery): OutboxEntry {
  return { ...entry, item: { ...entry.item, delivery } };
}

function replace(outbox: Outbox, id: string, change: (entry: OutboxEntry) => OutboxEntry): Outbox {
  return {
    ...outbox,
    entries: outbox.entries.map((entry) => (entry.draft.id === id ? change(entry) : entry)),
  };
}

function remove(outbox: Outbox, isGone: (entry: OutboxEntry) => boolean): Outbox {
  return { ...outbox, entries: outbox.entries.filter((entry) => !isGone(entry)) };
}
