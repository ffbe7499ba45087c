import { ChatError } from '../../shared/errors.js';
import type { Draft, Message } from '../../shared/message.js';
import type { Instant } from './effects.js';
import { delivered, isSameName, sending, type Delivery, type Item } from './item.js';

/** An own message that was not yet seen in the log. */
export type OutboxEntry = {
  readonly draft: Draft;
  readonly item: Item;
  /** When it was first tried without an answer: it may have arrived. */
  readonly triedAt: Instant | undefined;
};

/** Own messages in the order typed. One is sent at a time: only so is the server's order the order typed. */
export type Outbox = {
  readonly entries: readonly OutboxEntry[];
  /** The id of the one on its way. */
  readonly inFlight: string | undefined;
  /** Why and until when (monotonic milliseconds) nothing is sent. */
  readonly paused: { readonly until: number; readonly reason: ChatError } | undefined;
  /** Failed tries in a row. */
  readonly failures: number;
};

/** Nothing to send. */
export const emptyOutbox: Outbox = { entries: [], inFlight: undefined, paused: undefined, failures: 0 };

/** A server with a log knows an id for 24 hours: a later retry could double the message. */
const idLifetimeMs = 24 * 60 * 60 * 1000;

/** Puts a draft at the end. An id that is already there is left alone. */
export function enqueue(outbox: Outbox, draft: Draft, user: string): Outbox {
  if (outbox.entries.some((entry) => entry.draft.id === draft.id)) return outbox;
  const item: Item = {
    key: draft.id,
    message: { ...draft, from: user, sequence: 0 },
    mine: true,
    delivery: sending,
    replay: false,
    imageNumber: undefined,
  };
  return { ...outbox, entries: [...outbox.entries, { draft, item, triedAt: undefined }] };
}

/** Puts failed messages back at the end, in their order, with their old ids; without a key all of them. */
export function resend(outbox: Outbox, key: string | undefined): Outbox {
  const isMeant = ({ item }: OutboxEntry): boolean =>
    item.delivery.type === 'failed' && (key === undefined || item.key === key);
  const again = outbox.entries
    .filter(isMeant)
    .map((entry) => ({ ...deliver(entry, sending), triedAt: undefined }));
  return { ...outbox, entries: [...outbox.entries.filter((entry) => !isMeant(entry)), ...again] };
}

/** Takes a failed message out. */
export function discard(outbox: Outbox, key: string): Outbox {
  return remove(outbox, ({ item }) => item.key === key && item.delivery.type === 'failed');
}

/** The one to send next, unless one is on its way or sending is held. */
export function nextDraft({ entries, inFlight, paused }: Outbox): Draft | undefined {
  if (inFlight !== undefined || paused) return undefined;
  return entries.find(({ item }) => item.delivery.type === 'sending')?.draft;
}

/** The server has it; `sequence` 0 where it did not say where. It stays until it is seen in the log. */
export function markDelivered(outbox: Outbox, id: string, sequence: number): Outbox {
  const settled = settle(outbox, id);
  return replace(settled, id, (entry) => {
    const { item } = deliver(entry, delivered);
    return { ...entry, item: { ...item, message: { ...item.message, sequence } } };
  });
}

/** It will not be sent again by itself. */
export function markFailed(outbox: Outbox, id: string, reason: ChatError): Outbox {
  return replace(settle(outbox, id), id, (entry) => deliver(entry, { type: 'failed', reason }));
}

/** It goes out again once the hold is over. `triedAt`: when it was tried; undefined where it surely did not arrive. */
export function retryLater(
  outbox: Outbox,
  id: string,
  paused: { readonly until: number; readonly reason: ChatError },
  triedAt: Instant | undefined,
): Outbox {
  const waiting = { ...outbox, inFlight: undefined, paused, failures: outbox.failures + 1 };
  return replace(waiting, id, (entry) => ({ ...entry, triedAt: entry.triedAt ?? triedAt }));
}

/** Lifts the hold. */
export function release(outbox: Outbox): Outbox {
  return outbox.paused ? { ...outbox, paused: undefined } : outbox;
}

/** Drops what the server has: a list that starts anew brings it itself. */
export function dropDelivered(outbox: Outbox): Outbox {
  return remove(outbox, ({ item }) => item.delivery.type === 'delivered');
}

/** Drops what the server has where the log was read past without an echo: it lies before the list's beginning. */
export function dropPassed(outbox: Outbox, readUpTo: number | undefined): Outbox {
  const isPassed = ({ item: { delivery, message } }: OutboxEntry): boolean =>
    delivery.type === 'delivered' && message.sequence > 0 && message.sequence <= (readUpTo ?? 0);
  return outbox.entries.some(isPassed) ? remove(outbox, isPassed) : outbox;
}

/** Takes one message out. */
export function dropEntry(outbox: Outbox, id: string): Outbox {
  return remove(outbox, ({ draft }) => draft.id === id);
}

/**
 * Fails what may have arrived and can no longer be repeated safely: without a log, in another log than it was tried
 * in, which does not know its id, or after an id's lifetime.
 */
export function failUnrepeatable(
  outbox: Outbox,
  logId: { readonly before: string | undefined; readonly now: string | undefined },
  instant: Instant,
): Outbox {
  const isOther = logId.before !== undefined && logId.before !== logId.now;
  const isUnknown = logId.now === undefined || isOther;
  const entries = outbox.entries.map((entry) =>
    entry.item.delivery.type === 'sending' &&
    // One on its way to the other log is still being tried.
    ((isOther && entry.draft.id === outbox.inFlight) ||
      (entry.triedAt !== undefined && (isUnknown || isForgotten(entry.triedAt, instant))))
      ? deliver(entry, { type: 'failed', reason: mayNotHaveArrived() })
      : entry,
  );
  return { ...outbox, entries };
}

/**
 * Whether the server may have forgotten the id of a message that was tried at `triedAt`. The monotonic clock may stop
 * while this machine sleeps, and the wall clock may jump: whichever says more counts, since a repeat that is too late
 * doubles the message.
 */
function isForgotten(triedAt: Instant, { now, wall }: Instant): boolean {
  return Math.max(now - triedAt.now, wall - triedAt.wall) >= idLifetimeMs;
}

/** The entry whose echo a message is: by id; without ids by author, time, type and content. */
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

/** The reason of a message whose answer was lost where a retry could double it. */
export function mayNotHaveArrived(cause?: unknown): ChatError {
  return new ChatError('may-not-have-arrived', 'may not have arrived', {
    hint: 'Look whether it is in the list after reconnecting; /resend sends it again.',
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
