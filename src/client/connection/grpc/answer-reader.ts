import { formatByteSize } from '../../../shared/byte-size.js';
import { ChatError } from '../../../shared/errors.js';
import type { Online } from '../../../shared/extension-codec.js';
import type { Message } from '../../../shared/message.js';
import type { ReadList } from '../../../shared/read-entries.js';
import { readMessages, readOnline } from '../../../shared/read-messages.js';
import type { LetOthersRun } from './fair-share.js';

/** Decodes the readable parts of a server's answers without blocking the event loop. */
export type AnswerReader = {
  /** The first answer of a server without a log, of any size; only the last 100,000 messages. */
  wholeHistory(bytes: Uint8Array): Promise<ReadList<Message>>;
  /** A batch or a page. Rejects, as `userNames` does, if it is larger than `maxAnswerBytes`. */
  messages(bytes: Uint8Array): Promise<ReadList<Message>>;
  online(bytes: Uint8Array): Promise<Online>;
};

/** The arguments of `createAnswerReader`. */
export type AnswerReaderOptions = {
  readonly letOthersRun: LetOthersRun;
  /** The server, as `host:port`. */
  readonly name: string;
  /** Called once, for the first unreadable value. */
  readonly onUnreadable: ((reason: ChatError) => void) | undefined;
};

/** A Qt server may send years of messages in one answer. */
const maxMessages = 100_000;

const maxNames = 20_000;

/** For all answers except a whole history: 4 MiB and the envelopes. */
export const maxAnswerBytes = 4 * 1024 * 1024 + 64 * 1024;

/** For one server. */
export function createAnswerReader(options: AnswerReaderOptions): AnswerReader {
  const { letOthersRun, name, onUnreadable } = options;
  let hasReported = false;

  async function finish<List extends ReadList<unknown>>(reading: Generator<undefined, List, void>) {
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
    async online(bytes) {
      const { values, storageProblem } = await finish(readOnline(checkSize(bytes), maxNames));
      return { names: values, storageProblem };
    },
  };
}

function checkSize(bytes: Uint8Array): Uint8Array {
  if (bytes.length <= maxAnswerBytes) return bytes;
  throw new ChatError(
    'internal',
    `the server sent a message of ${formatByteSize(bytes.length)}: that is too large`,
  );
}
