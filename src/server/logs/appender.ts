import { ChatError } from '../../shared/errors.js';
import type { Append, Appended, MessageLog } from '../messages/message-log.js';
import { dedupeKey } from './dedupe-index.js';

/** An append is answered within this time; a little less than the 5 s that `MessageLog` promises. */
export const appendTimeoutMs = 4500;

/** The bytes that may wait for a slow store; appends beyond that are rejected. */
export const maxWaitingBytes = 256 * 1024 * 1024;

/** The `storageProblem` of a log that waits for a slow store. */
export const tooManyWaiting = 'too many messages are waiting';

/** `problem`: as `MessageLog.storageProblem`. */
export function unwritable(problem: string, cause?: unknown): ChatError {
  return new ChatError('store-unavailable', `the server cannot store messages: ${problem}`, {
    hint: 'Try again later; the operator finds the reason in the log.',
    cause,
  });
}

type Appender = {
  readonly append: MessageLog['append'];
  /** Rejects later appends; resolves when the earlier ones are answered. */
  close(): Promise<void>;
};

type AppenderOptions = {
  /** The sequence of a stored message with this non-empty id. */
  readonly find: (author: string, id: string) => number | undefined;
  /** Not called for duplicates. `message` is `append.message()`. */
  readonly write: (append: Append, message: Uint8Array) => Promise<Appended>;
};

/** Answers duplicates of stored and pending messages, and writes the others. */
export function createAppender({ find, write }: AppenderOptions): Appender {
  const inFlight = new Set<Promise<Appended>>();
  const inFlightByKey = new Map<string, Promise<Appended>>();
  let closed = false;

  const stored = (author: string, id: string): number | undefined => {
    try {
      return find(author, id);
    } catch (cause) {
      throw new ChatError('store-unavailable', 'the message store cannot be read at the moment', { cause });
    }
  };

  const start = (append: Append, key: string | undefined): Promise<Appended> => {
    const appended = write(append, append.message());
    inFlight.add(appended);
    if (key !== undefined) inFlightByKey.set(key, appended);
    const settled = (): void => {
      inFlight.delete(appended);
      if (key !== undefined) inFlightByKey.delete(key);
    };
    appended.then(settled, settled);
    return appended;
  };

  return {
    // Synchronous up to the write, so that messages keep the order of the calls.
    async append(append) {
      if (closed) throw new ChatError('shutting-down', 'the server is shutting down');
      const { author, id } = append;
      if (id === '') return start(append, undefined);
      const key = dedupeKey(author, id);
      const first = inFlightByKey.get(key);
      if (first) return { sequence: (await first).sequence, duplicate: true };
      const sequence = stored(author, id);
      return sequence === undefined ? start(append, key) : { sequence, duplicate: true };
    },
    async close() {
      closed = true;
      await Promise.allSettled(inFlight);
    },
  };
}
