import type { Clock } from '../../shared/clock.js';
import { messageKind, plainPlacement, type Message } from '../../shared/message.js';
import { pageSizes } from '../../shared/message-queries.js';
import type { Connection, RoomCalls } from '../connection/port.js';
import { retryWhenRateLimited } from '../connection/retry-when-rate-limited.js';
import { findStart, type HistoryRange } from './history-range.js';

/** A room, and how to read it. */
export type RoomReading = {
  readonly rooms: Pick<RoomCalls, 'history' | 'historyAfter'>;
  readonly room: number;
  /** `isCounted`: which entries are returned. Only messages count. */
  readonly range: HistoryRange;
  /** The last sequence to read. */
  readonly head: number;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** Shared by the readers of several rooms. */
  readonly memory?: ReaderMemory;
};

/** How many bytes the pages have that are loaded but not taken yet. */
export type ReaderMemory = { bytes: number };

const maxHeldBytes = 32 * 1024 * 1024;

/** Reads the entries of a room forwards, a page at a time. */
export type RoomReader = {
  /** The next entry, until it is taken; undefined at the end. Can be repeated if it rejects. */
  next(): Promise<Message | undefined>;
  take(): void;
};

/** Reads no further back than necessary to find the start. */
export function createRoomReader(reading: RoomReading): RoomReader {
  const { rooms, room, range, head, clock, signal, memory = { bytes: 0 } } = reading;
  const { after = 0, since = 0 } = range;
  const isCounted = (entry: Message): boolean => entry.timestamp >= since && range.isCounted(entry);
  /** Everything before it was loaded; undefined before the start was found. */
  let position = range.since === undefined && range.count === undefined ? after : undefined;
  let page: Message[] = [];

  /** Keeps what was loaded up to the sequence `loadedUpTo`, or the beginning of it. */
  const hold = (entries: readonly Message[], loadedUpTo: number): void => {
    const wanted = entries.filter((entry) => entry.sequence <= head && isCounted(entry));
    page = memory.bytes > maxHeldBytes ? wanted.slice(0, 1) : wanted;
    const last = page.at(-1);
    position = page.length < wanted.length && last ? last.sequence : loadedUpTo;
    for (const entry of page) memory.bytes += sizeOf(entry);
  };

  /** The search for the start has loaded the first page. */
  const findFirstPage = async (): Promise<void> => {
    let oldest: readonly Message[] = [];
    let loadedUpTo = head;
    const connection: Pick<Connection, 'history'> = {
      async history(before, limit) {
        oldest = await rooms.history(room, before, limit, signal);
        loadedUpTo = before - 1;
        return oldest;
      },
    };
    const counted = { ...range, isCounted: (entry: Message) => isMessage(entry) && range.isCounted(entry) };
    const start = await findStart({ connection, head, range: counted, clock, signal });
    const first = oldest.filter(({ sequence }) => sequence > start).reverse();
    hold(first, first.length > 0 ? loadedUpTo : start);
  };

  return {
    async next() {
      if (position === undefined) await findFirstPage();
      while (page.length === 0 && position !== undefined && position < head) {
        const start = position;
        const read = () => rooms.historyAfter(room, start, pageSizes.max, signal);
        const entries = await retryWhenRateLimited(read, clock, signal);
        hold(entries, entries.at(-1)?.sequence ?? head);
      }
      return page[0];
    },
    take() {
      const entry = page.shift();
      if (entry) memory.bytes -= sizeOf(entry);
    },
  };
}

const maxParallel = 8;

/** Reads several rooms in the order of the log. */
export function mergeReaders(readers: readonly RoomReader[]): RoomReader {
  /** The next entry of each reader that has one. */
  const heads = new Map<RoomReader, Message>();
  let unasked = [...readers];

  const askAll = async (): Promise<void> => {
    while (unasked.length > 0) {
      const asked = unasked.slice(0, maxParallel);
      // A failure is reported when all have answered: no reader is asked twice at the same time.
      const answers = await Promise.allSettled(asked.map((reader) => reader.next()));
      const failure = answers.find((answer) => answer.status === 'rejected');
      if (failure) throw failure.reason;
      unasked = unasked.slice(asked.length);
      asked.forEach((reader, index) => {
        const answer = answers[index];
        if (answer?.status === 'fulfilled' && answer.value) heads.set(reader, answer.value);
      });
    }
  };

  const earliest = () => {
    let first: readonly [RoomReader, Message] | undefined;
    for (const head of heads) if (!first || head[1].sequence < first[1].sequence) first = head;
    return first;
  };

  return {
    async next() {
      await askAll();
      return earliest()?.[1];
    },
    take() {
      const [reader] = earliest() ?? [];
      if (!reader) return;
      reader.take();
      heads.delete(reader);
      unasked.push(reader);
    },
  };
}

export function isMessage({ detail = plainPlacement }: Message): boolean {
  return detail.kind === messageKind.message;
}

/** About what an entry takes besides its content. */
const overheadBytes = 500;

function sizeOf({ content }: Message): number {
  return content.length + overheadBytes;
}
