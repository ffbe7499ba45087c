import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { systemClock } from '../../shared/clock.js';
import { ChatError } from '../../shared/errors.js';
import { messageKind, type Message } from '../../shared/message.js';
import type { HistoryRange } from './history-range.js';
import { createRoomReader, mergeReaders, type RoomReader } from './room-history.js';

const { signal } = new AbortController();

/** A log in which the entry n is in the room that is given n-th. Every fifth entry is an event. */
const logOf = (rooms: readonly number[]): readonly Message[] =>
  rooms.map((room, index) => ({
    sequence: index + 1,
    id: '',
    from: 'a',
    timestamp: (index + 1) * 10,
    type: 1,
    content: new Uint8Array(),
    detail: { room, kind: index % 5 === 4 ? messageKind.member : messageKind.message },
  }));

/** Pages of at most 7; a call fails if `fails` says so. */
function pagesOf(log: readonly Message[], fails: () => boolean = () => false) {
  const page = (room: number, entries: readonly Message[], limit: number): Promise<readonly Message[]> => {
    if (fails()) return Promise.reject(new ChatError('unreachable', 'gone'));
    return Promise.resolve(
      entries.filter(({ detail }) => detail?.room === room).slice(0, Math.min(limit, 7)),
    );
  };
  return {
    history: (room: number, before: number, limit: number) =>
      page(room, log.filter(({ sequence }) => before === 0 || sequence < before).toReversed(), limit),
    historyAfter: (room: number, after: number, limit: number) =>
      page(
        room,
        log.filter(({ sequence }) => sequence > after),
        limit,
      ),
  };
}

/** The sequences that the reader returns; failures are tried again. */
async function readAll(reader: RoomReader): Promise<number[]> {
  const read: number[] = [];
  for (;;) {
    const entry = await reader.next().catch(() => 'failed' as const);
    if (entry === 'failed') continue;
    if (!entry) return read;
    reader.take();
    read.push(entry.sequence);
  }
}

describe('the history of several rooms', () => {
  test('is read once and in the order of the log, whatever call fails', async () => {
    const range = fc.record(
      { count: fc.nat(20), since: fc.nat(1000), after: fc.nat(100) },
      { requiredKeys: [] },
    );
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.nat(3), { maxLength: 80 }),
        range,
        fc.nat(100),
        fc.array(fc.boolean(), { maxLength: 40 }),
        fc.boolean(),
        async (rooms, { count, since, after }, head, failures, isMemoryFull) => {
          const log = logOf(rooms);
          // The command line gives one of them.
          const wanted: HistoryRange = {
            ...(count !== undefined ? { count } : since !== undefined ? { since } : { after: after ?? 0 }),
            isCounted: () => true,
          };
          const left = [...failures];
          const pages = pagesOf(log, () => left.pop() ?? false);
          const memory = { bytes: isMemoryFull ? 2 ** 30 : 0 };
          const shared = { rooms: pages, range: wanted, head, clock: systemClock, signal, memory };
          const readers = [0, 1, 2, 3].map((room) => createRoomReader({ ...shared, room }));
          const expected = [0, 1, 2, 3].flatMap((room) => {
            const all = log.filter(({ sequence, detail }) => sequence <= head && detail?.room === room);
            if (wanted.count === undefined) {
              const { since: from = 0, after: last = 0 } = wanted;
              return all.filter(({ sequence, timestamp }) => sequence > last && timestamp >= from);
            }
            const messages = all.filter(({ detail }) => detail?.kind === messageKind.message);
            if (wanted.count === 0) return [];
            const first = messages.at(-wanted.count) ?? messages[0];
            return first ? all.filter(({ sequence }) => sequence >= first.sequence) : [];
          });
          const sequences = expected.map(({ sequence }) => sequence).sort((one, other) => one - other);
          expect(await readAll(mergeReaders(readers))).toEqual(sequences);
        },
      ),
    );
  });
});
