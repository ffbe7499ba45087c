import { raceAbort } from '../../shared/async/race-abort.js';
import type { Clock } from '../../shared/clock.js';
import { decodeMessages } from '../../shared/codec.js';
import { ChatError } from '../../shared/errors.js';
import type { Message } from '../../shared/message.js';
import {
  isChange,
  lobbyMessages,
  type Amendment,
  type DecodedEntry,
  type Entry,
  type MessageLog,
  type RoomFilter,
} from '../messages/message-log.js';
import type { Rooms } from './rooms.js';

/**
 * A log with the rooms that its entries make. An entry becomes visible once it is folded; a void one never does, and its
 * append rejects with the rule that it breaks. `count` includes void entries.
 */
export type FoldedLog = MessageLog & {
  readonly rooms: Rooms;
  /** Calls the listener for each entry in the order of the log once it is folded, unless it is void. */
  onFolded(listener: (entry: Entry) => void): void;
  /** Calls the listener with the sequences of entries whose content has changed. */
  onAmended(listener: (sequences: ReadonlySet<number>) => void): void;
  /** Resolves when the changes that are folded by now are applied, which is tried until `close`. */
  amended(): Promise<void>;
};

const readBytes = 1024 * 1024;
const retryDelayMs = 1000;
/** The senders of older void entries learn only that it was not permitted. */
const maxVerdicts = 1000;

/**
 * Folds what follows `rooms.upTo()`. Entries in memory are folded without a turn of the event loop, when `head` is asked
 * or an append answers. Others are read; `onNotRead` is called once if that fails, until it succeeds again.
 */
export function createFoldedLog(
  log: MessageLog,
  rooms: Rooms,
  clock: Clock,
  onNotRead: (error: unknown) => void = () => undefined,
): FoldedLog {
  const listeners: ((entry: Entry) => void)[] = [];
  const verdicts = new Map<number, ChatError>();
  let hasVoids = !isEmpty(rooms.voids());
  /** Entries that are no longer in memory are being read; true if that succeeded. */
  let reading: Promise<boolean> | undefined;
  let hasFailed = false;

  const amendments = createAmendments(log, clock, onNotRead);

  const apply = (entries: readonly Entry[]): void => {
    for (const entry of entries) {
      const { sequence, room, kind, bytes } = entry;
      if (sequence <= rooms.upTo()) continue;
      const error = rooms.apply({ sequence, room, kind, message: () => messageIn(bytes) });
      if (isChange(kind)) amendments.add({ change: entry, isVoid: error !== undefined });
      if (!error) {
        for (const listener of listeners) listener(entry);
        continue;
      }
      hasVoids = true;
      verdicts.set(sequence, error);
      for (const oldest of verdicts.keys()) {
        if (verdicts.size <= maxVerdicts) break;
        verdicts.delete(oldest);
      }
    }
  };

  const applyRead = (entries: readonly Entry[], head: number): void => {
    apply(entries);
    if (entries.length === 0) rooms.skipTo(head);
  };

  const foldStored = async (read: Promise<readonly Entry[]>, head: number): Promise<boolean> => {
    try {
      applyRead(await read, head);
      hasFailed = false;
      return true;
    } catch (error) {
      if (!hasFailed) onNotRead(error);
      hasFailed = true;
      await new Promise<void>((resolve) => void clock.after(retryDelayMs, resolve));
      return false;
    } finally {
      reading = undefined;
    }
  };

  /** The newest folded sequence. */
  const fold = (): number => {
    const head = log.head();
    while (rooms.upTo() < head && !reading) {
      const entries = log.read(rooms.upTo(), readBytes);
      if ('then' in entries) reading = foldStored(entries, head);
      else applyRead(entries, head);
    }
    return Math.min(rooms.upTo(), head);
  };

  const isVisible = ({ sequence }: Entry): boolean => sequence <= rooms.upTo() && !rooms.isVoid(sequence);
  const visible = <Found extends Entry>(entries: readonly Found[]): readonly Found[] =>
    hasVoids || rooms.upTo() < log.head() ? entries.filter(isVisible) : entries;

  const read: MessageLog['read'] = (after, maxBytes, of) => {
    for (let from = after; ;) {
      fold();
      const entries = log.read(from, maxBytes, of);
      if ('then' in entries) return entries.then((found) => readOn(found, maxBytes, of));
      const kept = of === lobbyMessages && !reading ? entries : visible(entries);
      const last = entries.at(-1);
      if (kept.length > 0 || !last || last.sequence >= rooms.upTo()) return kept;
      from = last.sequence;
    }
  };

  const readOn = async (
    found: readonly Entry[],
    maxBytes: number,
    of?: RoomFilter,
  ): Promise<readonly Entry[]> => {
    fold();
    const kept = visible(found);
    const last = found.at(-1);
    return kept.length > 0 || !last || last.sequence >= rooms.upTo()
      ? kept
      : read(last.sequence, maxBytes, of);
  };

  async function* prefiltered(
    before: number,
    wanted: string,
  ): AsyncGenerator<readonly DecodedEntry[], void, undefined> {
    fold();
    for await (const page of log.prefiltered?.(before, wanted) ?? []) yield visible(page);
  }

  return {
    ...log,
    rooms,
    onFolded: (listener) => void listeners.push(listener),
    onAmended: amendments.onAmended,
    amended: amendments.settled,
    head: fold,
    oldest: () => Math.min(log.oldest(), fold() + 1),
    async append(append) {
      const appended = await log.append(append);
      while (fold() < appended.sequence) {
        if (!(await reading)) {
          throw new ChatError('store-unavailable', 'the message store cannot be read at the moment');
        }
      }
      if (!rooms.isVoid(appended.sequence)) {
        if (isChange(append.kind)) await amendments.tried(appended.sequence);
        return appended;
      }
      throw (
        verdicts.get(appended.sequence) ??
        new ChatError('not-permitted', 'this was not permitted when it was stored')
      );
    },
    read,
    async readBefore(before, maxCount, maxBytes, of) {
      for (let upper = before; ;) {
        const end = fold() + 1;
        if (end <= log.head() && (upper === 0 || upper > end)) upper = end;
        const entries = await log.readBefore(upper, maxCount, maxBytes, of);
        const kept = visible(entries);
        const oldest = entries.at(-1);
        if (kept.length > 0 || !oldest) return kept;
        upper = oldest.sequence;
      }
    },
    ...(log.prefiltered && { prefiltered }),
    async waitAfter(sequence, signal) {
      signal.throwIfAborted();
      while (fold() <= sequence) {
        if (reading) await raceAbort(signal, reading);
        else await log.waitAfter(log.head(), signal);
        signal.throwIfAborted();
      }
    },
    async close() {
      amendments.stop();
      await log.close();
    },
  };
}

type Amendments = {
  readonly onAmended: (listener: (sequences: ReadonlySet<number>) => void) => void;
  add(amendment: Amendment): void;
  /** Rejects if applying the change with this sequence has failed; it is tried again nevertheless. */
  tried(sequence: number): Promise<void>;
  readonly settled: () => Promise<void>;
  stop(): void;
};

/** Applies changes after the fold, which decides whether they are void; those that arrive meanwhile together. */
function createAmendments(log: MessageLog, clock: Clock, onFailed: (error: unknown) => void): Amendments {
  const listeners: ((sequences: ReadonlySet<number>) => void)[] = [];
  const tried = new Map<number, Promise<void>>();
  let waiting: { readonly amendments: Amendment[]; readonly tried: Promise<void> } | undefined;
  let settled: Promise<void> = Promise.resolve();
  let isStopped = false;

  const attempt = async (amendments: readonly Amendment[]): Promise<void> => {
    const changed = new Set(await log.amend(amendments));
    for (const listener of listeners) if (changed.size > 0) listener(changed);
  };

  const repeat = async (amendments: readonly Amendment[], error: unknown): Promise<void> => {
    onFailed(error);
    for (;;) {
      await new Promise<void>((resolve) => void clock.after(retryDelayMs, resolve));
      if (isStopped) return;
      try {
        await attempt(amendments);
        return;
      } catch {
        // It was reported.
      }
    }
  };

  const begin = () => {
    const amendments: Amendment[] = [];
    const first = settled.then(() => {
      waiting = undefined;
      return attempt(amendments);
    });
    settled = first
      .catch((error: unknown) => repeat(amendments, error))
      .finally(() => {
        for (const { change } of amendments) tried.delete(change.sequence);
      });
    return { amendments, tried: first };
  };

  return {
    onAmended: (listener) => void listeners.push(listener),
    add(amendment) {
      const round = (waiting ??= begin());
      round.amendments.push(amendment);
      tried.set(amendment.change.sequence, round.tried);
    },
    tried: async (sequence) => tried.get(sequence),
    settled: () => settled,
    stop() {
      isStopped = true;
    },
  };
}

function isEmpty(iterable: Iterable<unknown>): boolean {
  return iterable[Symbol.iterator]().next().done === true;
}

/** Throws `message-refused` if there is none. */
export function messageIn(bytes: Uint8Array): Message {
  const [message] = decodeMessages(bytes);
  if (!message) throw new ChatError('message-refused', 'the entry is empty');
  return message;
}
