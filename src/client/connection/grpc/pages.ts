import { lobby, messageKind, type Message } from '../../../shared/message.js';
import {
  encodeGetQuery,
  encodeHistoryQuery,
  encodeMentionsQuery,
  encodeSearchQuery,
  type HistoryQuery,
} from '../../../shared/message-queries.js';
import { messages as messagesService } from '../../../shared/services.js';
import type { Connection, Credentials, RoomCalls, RoomSearch } from '../port.js';
import { transferTimeMs } from '../transfer-time.js';
import {
  isLobbyMessage,
  isShownEntry,
  maxAnswerBytes,
  type AnswerReader,
  type IsWanted,
} from './answer-reader.js';
import type { Caller } from './caller.js';
import { loginMetadata } from './metadata.js';
import { descending } from './sequences.js';

/** This many consecutive pages without a readable message are skipped at most. */
const maxUnreadablePages = 20;

/** For a page or the first match: the server may have to read a long log. */
const readTimeoutMs = 60_000;

/** What pages and matches are read with. */
export type PageReading = {
  readonly caller: Caller;
  readonly answers: AnswerReader;
  readonly credentials: Credentials;
};

/** The calls that read the stored entries of rooms. */
export function createPages({
  caller,
  answers,
  credentials,
}: PageReading): Pick<RoomCalls, 'history' | 'historyAfter' | 'search' | 'messages'> &
  Pick<Connection, 'mentions'> {
  async function read(
    { method, request }: { method: typeof messagesService.get; request: Uint8Array },
    isWanted: IsWanted,
    signal: AbortSignal,
  ) {
    const { bytes } = await caller.unary(
      {
        method,
        request,
        metadata: loginMetadata(credentials),
        timeoutMs: readTimeoutMs,
        transferMs: transferTimeMs(maxAnswerBytes),
        signal,
      },
      'read',
    );
    return answers.messages(bytes, isWanted);
  }

  async function page(query: HistoryQuery, signal: AbortSignal) {
    const call = { method: messagesService.history, request: encodeHistoryQuery(query) };
    const { values, unreadable } = await read(call, entryOf(query.room), signal);
    return { messages: descending(values, query.before).slice(0, query.limit), unreadable };
  }

  return {
    async history(room, before, limit, signal) {
      let position = before;
      for (let tries = 1; ; tries++) {
        const { messages, unreadable } = await page({ room, before: position, limit }, signal);
        // To the caller an empty page means that nothing is older.
        const isSettled = messages.length > 0 || unreadable === 0;
        if (isSettled || position <= unreadable || tries === maxUnreadablePages) return messages;
        position -= unreadable;
      }
    },
    async historyAfter(room, after, limit, signal) {
      let position = after;
      for (let tries = 1; ; tries++) {
        const { messages, unreadable } = await page({ room, before: 0, limit, after: position }, signal);
        const following = messages.filter(({ sequence }) => sequence > after).reverse();
        if (following.length > 0 || unreadable === 0 || tries === maxUnreadablePages) return following;
        position += unreadable;
      }
    },
    async messages(sequences, signal) {
      const call = { method: messagesService.get, request: encodeGetQuery(sequences) };
      const { values } = await read(call, messageIn([]), signal);
      return values.filter(({ sequence }) => sequences.includes(sequence));
    },
    async mentions(before, limit, signal) {
      const call = { method: messagesService.mentions, request: encodeMentionsQuery({ before, limit }) };
      const { values } = await read(call, messageIn([]), signal);
      return descending(values, before).slice(0, limit);
    },
    async *search({ text, rooms, before, limit }: RoomSearch, signal): AsyncGenerator<Message, void, void> {
      let position = before;
      for (let wanted = limit; wanted > 0;) {
        const parts = caller.stream({
          method: messagesService.search,
          request: encodeSearchQuery({ text, before: position, limit: wanted, rooms }),
          metadata: loginMetadata(credentials),
          timeoutMs: readTimeoutMs,
          signal,
        });
        let found = 0;
        let unreadable = 0;
        for await (const part of parts) {
          if (part.type !== 'message') continue;
          const matches = await answers.messages(part.bytes, messageIn(rooms));
          unreadable += matches.unreadable;
          for (const message of descending(matches.values, position)) {
            position = message.sequence;
            yield message;
            if (++found === wanted) return;
          }
        }
        // The server counted unreadable messages: there may be more.
        if (unreadable === 0 || found === 0 || found + unreadable < wanted) return;
        wanted -= found;
      }
    },
  };
}

/** A page of the lobby has only messages. */
function entryOf(room: number): IsWanted {
  if (room === lobby) return isLobbyMessage;
  return (placement) => placement.room === room && isShownEntry(placement);
}

function messageIn(rooms: readonly number[]): IsWanted {
  return ({ room, kind }) => kind === messageKind.message && (rooms.length === 0 || rooms.includes(room));
}
