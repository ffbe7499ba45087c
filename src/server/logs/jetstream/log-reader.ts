import type { Entry } from '../../room/message-log.js';
import type { StreamReader } from './stream-reader.js';
import type { StreamTail } from './stream-tail.js';

/** As `MessageLog` has it. */
export type LogReader = {
  readonly read: (after: number, maxBytes: number) => readonly Entry[] | Promise<readonly Entry[]>;
  readonly readBefore: (before: number, maxCount: number, maxBytes: number) => Promise<readonly Entry[]>;
};

/** The reading half of a log in JetStream: from memory where that has the answer, else from the stream. */
export function createLogReader(readStream: StreamReader, { recent, head, oldest }: StreamTail): LogReader {
  const readOlder = async (after: number, maxBytes: number): Promise<readonly Entry[]> => {
    const from = Math.max(after + 1, oldest());
    const found = await readStream({
      from,
      to: head(),
      newestFirst: false,
      maxCount: Infinity,
      maxBytes,
    });
    // If the stream has nothing of it left, the reader goes on with what memory has: it must never stand still.
    return found.length > 0 ? found.map(({ entry }) => entry) : (recent.read(recent.from(), maxBytes) ?? []);
  };

  return {
    read: (after, maxBytes) =>
      after >= head() ? [] : (recent.read(after, maxBytes) ?? readOlder(after, maxBytes)),
    async readBefore(before, maxCount, maxBytes) {
      const to = before === 0 ? head() : Math.min(before - 1, head());
      const newest = recent.readBefore(to + 1, maxCount, maxBytes);
      const last = newest.at(-1);
      const isWhole =
        recent.from() < oldest() ||
        newest.length >= maxCount ||
        (last !== undefined && last.sequence > recent.from() + 1);
      if (isWhole || maxCount === 0) return newest;
      const found = await readStream({ from: oldest(), to, newestFirst: true, maxCount, maxBytes });
      return found.map(({ entry }) => entry);
    },
  };
}
