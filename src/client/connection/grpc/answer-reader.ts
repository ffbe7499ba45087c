import { formatByteSize } from '../../../shared/byte-size.js';
import { ChatError } from '../../../shared/errors.js';
import { lobby, messageKind, type Message } from '../../../shared/message.js';
import { readPresenceUpdate } from '../../../shared/presence-update.js';
import type { ReadList } from '../../../shared/read-entries.js';
import { readMessages } from '../../../shared/read-messages.js';
import type { Online } from '../port.js';
import type { LetOthersRun } from './fair-share.js';

/** Decodes the readable parts of a server's answers without blocking the event loop. Leaves out entries of other rooms. */
export type AnswerReader = {
  /** The first answer of a server without a log, of any size; only the last 100,000 messages. */
  wholeHistory(bytes: Uint8Array): Promise<ReadList<Message>>;
  /** A batch or a page. Rejects, as `online` does, if it is larger than `maxAnswerBytes`. */
  messages(bytes: Uint8Array): Promise<ReadList<Message>>;
  /** Who is online after an update. `names`: those before it. */
  online(bytes: Uint8Array, names: readonly string[]): Promise<Online>;
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

  async function finish<List extends Pick<ReadList<unknown>, 'unreadable'>>(
    reading: Generator<undefined, List, void>,
  ) {
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
    wholeHistory: async (bytes) => ofLobby(await finish(readMessages(bytes, maxMessages))),
    messages: async (bytes) => ofLobby(await finish(readMessages(checkSize(bytes), maxMessages))),
    async online(bytes, names) {
      const update = await finish(readPresenceUpdate(checkSize(bytes), maxNames));
      const online = new Set(update.first ? [] : names);
      for (const name of update.offline) online.delete(name);
      for (const name of update.online) if (online.size < maxNames) online.add(name);
      return { names: [...online].sort(), storageProblem: update.storageProblem };
    },
  };
}

function ofLobby(list: ReadList<Message>): ReadList<Message> {
  const isOfLobby = ({ detail }: Message): boolean =>
    !detail || (detail.room === lobby && detail.kind === messageKind.message);
  return { ...list, values: list.values.filter(isOfLobby) };
}

function checkSize(bytes: Uint8Array): Uint8Array {
  if (bytes.length <= maxAnswerBytes) return bytes;
  throw new ChatError(
    'internal',
    `the server sent a message of ${formatByteSize(bytes.length)}: that is too large`,
  );
}
