import { formatByteSize } from '../../../shared/byte-size.js';
import { ChatError } from '../../../shared/errors.js';
import type { Message } from '../../../shared/message.js';
import type { ReadList } from '../../../shared/read-entries.js';
import { readMessages, readUserNames } from '../../../shared/read-messages.js';
import type { LetOthersRun } from './fair-share.js';

/** Decodes what a server sends, as far as it can be read, without keeping the rest of the program waiting. */
export type AnswerReader = {
  /** What a server without a log sends first, of any size; of over 100,000 messages the last ones. */
  wholeHistory(bytes: Uint8Array): Promise<ReadList<Message>>;
  /** A batch or a page of messages. Rejects where it is larger than a server may send. */
  messages(bytes: Uint8Array): Promise<ReadList<Message>>;
  /** A list of users. Rejects as above. */
  userNames(bytes: Uint8Array): Promise<ReadList<string>>;
};

/** How an `AnswerReader` works. */
export type AnswerReaderOptions = {
  readonly letOthersRun: LetOthersRun;
  /** The server, as `host:port`. */
  readonly name: string;
  /** Told the first time that something cannot be read. */
  readonly onUnreadable: ((reason: ChatError) => void) | undefined;
};

/** More than any server of ours sends, and what a Qt server has after years. */
const maxMessages = 100_000;

const maxNames = 20_000;

/** What a server may send at most, but for a whole history; with some room for envelopes. */
export const maxAnswerBytes = 4 * 1024 * 1024 + 64 * 1024;

/** A reader for one server. */
export function createAnswerReader(options: AnswerReaderOptions): AnswerReader {
  const { letOthersRun, name, onUnreadable } = options;
  let hasReported = false;

  async function finish<Value>(reading: Generator<undefined, ReadList<Value>, void>) {
    for (;;) {
      const step = reading.next();
      if (!step.done) {
        await letOthersRun();
        continue;
      }
      if (step.value.unreadable > 0 && !hasReported) {
        hasReported = true;
        onUnreadable?.(
          new ChatError('internal', `${name} sent something that cannot be read: it is left out`),
        );
      }
      return step.value;
    }
  }

  return {
    wholeHistory: (bytes) => finish(readMessages(bytes, maxMessages)),
    messages: async (bytes) => finish(readMessages(checkSize(bytes), maxMessages)),
    userNames: async (bytes) => finish(readUserNames(checkSize(bytes), maxNames)),
  };
}

function checkSize(bytes: Uint8Array): Uint8Array {
  if (bytes.length <= maxAnswerBytes) return bytes;
  throw new ChatError(
    'internal',
    `the server sent a message of ${formatByteSize(bytes.length)}: that is too large`,
  );
}
