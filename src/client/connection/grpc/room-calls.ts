import { emptyMessage, encodeDraft, encodeUnsequenced } from '../../../shared/codec.js';
import { ChatError } from '../../../shared/errors.js';
import { lobby, messageKind } from '../../../shared/message.js';
import { encodeDeletion, encodeEdit, encodeReact } from '../../../shared/message-changes.js';
import { maxSequence } from '../../../shared/read-messages.js';
import { encodeTypingNotice } from '../../../shared/presence-update.js';
import { decodePosted } from '../../../shared/room-answers.js';
import {
  encodeDirectRequest,
  encodeMembersQuery,
  encodeNewRoom,
  encodeReadMark,
  encodeRoomAndUser,
  encodeRoomRef,
  encodeRoomsQuery,
  encodeRoomUpdate,
  encodeSettings,
} from '../../../shared/room-requests.js';
import { pageSizes } from '../../../shared/message-queries.js';
import { messages, presence, rooms } from '../../../shared/services.js';
import type { Connection, Post, RoomCalls, Sent } from '../port.js';
import { transferTimeMs } from '../transfer-time.js';
import { maxAnswerBytes } from './answer-reader.js';
import { loginMetadata } from './metadata.js';
import { createPages, type PageReading } from './pages.js';

/** The calls about rooms. `timeoutMs`: for each answer. */
export function createRoomCalls(
  reading: PageReading,
  timeoutMs: number,
): RoomCalls & Pick<Connection, 'mentions'> {
  const { caller, answers, credentials } = reading;

  async function send(method: typeof messages.post, request: Uint8Array, signal: AbortSignal): Promise<Sent> {
    const { bytes } = await caller.unary(
      {
        ...{ method, request, timeoutMs, signal },
        metadata: loginMetadata(credentials),
        transferMs: transferTimeMs(request.length),
      },
      'send',
    );
    return { sequence: postedSequence(bytes) };
  }

  async function call(method: typeof rooms.get, request: Uint8Array, signal: AbortSignal) {
    const metadata = loginMetadata(credentials);
    const transferMs = transferTimeMs(maxAnswerBytes);
    return (await caller.unary({ method, request, metadata, timeoutMs, transferMs, signal }, 'read')).bytes;
  }

  return {
    ...createPages(reading),
    list: async (signal) => answers.roomList(await call(rooms.list, emptyMessage, signal)),
    browse: async (prefix, after, signal) =>
      answers.roomPage(
        await call(rooms.browse, encodeRoomsQuery({ prefix, after, limit: pageSizes.max }), signal),
      ),
    get: async (room, signal) => {
      const ref = typeof room === 'number' ? { number: room } : { name: room };
      return answers.room(await call(rooms.get, encodeRoomRef(ref), signal));
    },
    members: async (room, after, signal) =>
      answers.memberPage(
        await call(rooms.members, encodeMembersQuery({ room, after, limit: pageSizes.max }), signal),
      ),
    create: async (room, signal) => answers.room(await call(rooms.create, encodeNewRoom(room), signal)),
    direct: async (names, signal) =>
      answers.room(await call(rooms.direct, encodeDirectRequest(names), signal)),
    update: async (update, signal) =>
      answers.room(await call(rooms.update, encodeRoomUpdate(update), signal)),
    join: async (number, signal) => answers.room(await call(rooms.join, encodeRoomRef({ number }), signal)),
    leave: async (number, signal) => {
      await call(rooms.leave, encodeRoomRef({ number }), signal);
    },
    invite: async (member, signal) => {
      await call(rooms.invite, encodeRoomAndUser(member), signal);
    },
    remove: async (member, signal) => {
      await call(rooms.remove, encodeRoomAndUser(member), signal);
    },
    mark: async (room, sequence, signal) => {
      await call(rooms.mark, encodeReadMark({ room, sequence }), signal);
    },
    configure: async (settings, signal) => {
      await call(rooms.configure, encodeSettings(settings), signal);
    },
    typing: async (notice, signal) => {
      await call(presence.typing, encodeTypingNotice(notice), signal);
    },
    post: (post, signal) => send(messages.post, encodePost(post), signal),
    edit: (edit, signal) => send(messages.edit, encodeEdit(edit), signal),
    delete: (deletion, signal) => send(messages.delete, encodeDeletion(deletion), signal),
    react: (react, signal) => send(messages.react, encodeReact(react), signal),
  };
}

/** The request of `Messages.post`. What is plain has no detail, as for the base service. */
export function encodePost({ room, replyTo, mentions = [], draft }: Post): Uint8Array {
  const isPlain = room === lobby && replyTo === undefined && mentions.length === 0;
  if (isPlain) return encodeDraft(draft);
  return encodeUnsequenced({
    ...draft,
    from: '',
    detail: {
      ...{ room, kind: messageKind.message },
      ...(replyTo !== undefined && { replyTo }),
      ...(mentions.length > 0 && { mentions }),
    },
  });
}

/** Undefined if the server reports none that can be one: the message is stored all the same. */
function postedSequence(bytes: Uint8Array): number | undefined {
  try {
    const { sequence } = decodePosted(bytes);
    return sequence > 0 && sequence <= maxSequence ? sequence : undefined;
  } catch (error) {
    if (error instanceof ChatError) return undefined;
    throw error;
  }
}
