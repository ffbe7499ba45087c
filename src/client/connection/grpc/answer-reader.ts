import { formatByteSize } from '../../../shared/byte-size.js';
import { ChatError } from '../../../shared/errors.js';
import {
  isMessageChange,
  lobby,
  messageKind,
  plainPlacement,
  type Placement,
} from '../../../shared/message.js';
import { readPresenceUpdate } from '../../../shared/presence-update.js';
import type { ReadList } from '../../../shared/read-entries.js';
import { readMessages, type ReadBatch } from '../../../shared/read-messages.js';
import { readMemberPage, readRoom, readRoomList, readRoomPage } from '../../../shared/read-rooms.js';
import type { MemberView, Page, RoomList, RoomView } from '../../../shared/room-answers.js';
import type { Online } from '../port.js';
import type { LetOthersRun } from './fair-share.js';

/** Decodes the readable parts of a server's answers without blocking the event loop. */
export type AnswerReader = {
  /** Messages of the lobby: the first answer of a server without a log, of any size; only the last 100,000. */
  wholeHistory(bytes: Uint8Array): Promise<ReadBatch>;
  /** The entries of a batch or a page that are wanted. Rejects, as all below do, beyond `maxAnswerBytes`. */
  messages(bytes: Uint8Array, isWanted: IsWanted): Promise<ReadBatch>;
  /** Who is online after an update. `names`: those before it. */
  online(bytes: Uint8Array, names: readonly string[]): Promise<Online>;
  /** Rejects if it is malformed. */
  room(bytes: Uint8Array): RoomView;
  roomList(bytes: Uint8Array): Promise<Omit<RoomList, 'logId'>>;
  roomPage(bytes: Uint8Array): Promise<Page<RoomView>>;
  memberPage(bytes: Uint8Array): Promise<Page<MemberView>>;
};

/** Whether an entry belongs to an answer: a server may send others. */
export type IsWanted = (placement: Placement) => boolean;

const shownKinds: readonly number[] = [messageKind.message, messageKind.room, messageKind.member];

export const isShownEntry: IsWanted = ({ kind }) => shownKinds.includes(kind);

export const isShownOrChange: IsWanted = (placement) => isShownEntry(placement) || isMessageChange(placement);

export const isLobbyMessage: IsWanted = ({ room, kind }) => room === lobby && kind === messageKind.message;

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
    wholeHistory: async (bytes) => only(isLobbyMessage, await finish(readMessages(bytes, maxMessages))),
    messages: async (bytes, isWanted) =>
      only(isWanted, await finish(readMessages(checkSize(bytes), maxMessages))),
    async online(bytes, names) {
      const update = await finish(readPresenceUpdate(checkSize(bytes), maxNames));
      const isSame = !update.first && update.online.length + update.offline.length === 0;
      const online = new Set(update.first ? [] : names);
      for (const name of update.offline) online.delete(name);
      for (const name of update.online) if (online.size < maxNames) online.add(name);
      const { storageProblem, marks, settings, typing } = update;
      return {
        ...{ names: isSame ? names : [...online].sort(), storageProblem },
        ...(marks && { marks }),
        ...(settings && { settings }),
        ...(typing && { typing }),
      };
    },
    room(bytes) {
      const room = readRoom(checkSize(bytes));
      if (room) return room;
      throw new ChatError('internal', `${name} sent a room that cannot be read`);
    },
    roomList: (bytes) => finish(readRoomList(checkSize(bytes))),
    roomPage: (bytes) => finish(readRoomPage(checkSize(bytes))),
    memberPage: (bytes) => finish(readMemberPage(checkSize(bytes))),
  };
}

function only(isWanted: IsWanted, list: ReadBatch): ReadBatch {
  return { ...list, values: list.values.filter(({ detail = plainPlacement }) => isWanted(detail)) };
}

function checkSize(bytes: Uint8Array): Uint8Array {
  if (bytes.length <= maxAnswerBytes) return bytes;
  throw new ChatError(
    'internal',
    `the server sent a message of ${formatByteSize(bytes.length)}: that is too large`,
  );
}
