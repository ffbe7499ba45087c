import { emptyMessage, encodeDraft } from '../../../src/shared/codec.js';
import { chat } from '../../../src/shared/generated/messages.js';
import { messages, presence, rooms, simpleChat } from '../../../src/shared/services.js';
import { encodePost, type RoomsClient } from '../rooms-client.js';
import { textDraft } from '../test-client.js';
import type { Observations } from './observation.js';

const {
  BrowseRequest,
  CreateRoomRequest,
  DirectRequest,
  GetRequest,
  HistoryRequest,
  MemberRequest,
  MembersRequest,
  RoomRef,
  SearchRequest,
  UpdateRoomRequest,
} = chat.v1;

/** What a viewer may try. Whether it knows the secrets or guesses them makes no difference. */
export type Guesses = {
  readonly texts: readonly string[];
  readonly userNames: readonly string[];
  /** The newest sequence. */
  readonly head: number;
  readonly logId: string;
  /** Of the messages with these sequences. The right digest must not confirm anything either. */
  readonly digests: ReadonlyMap<number, string>;
};

/** Every number up to beyond the head: as the number of a room, as a sequence, and as a cursor. */
const numbers = ({ head }: Guesses): number[] => Array.from({ length: head + 3 }, (_, index) => index);

/** Calls that change nothing. */
export async function look(client: RoomsClient, seen: Observations, guesses: Guesses): Promise<void> {
  const { texts, userNames, head } = guesses;
  await seen.call('list', rooms.list, emptyMessage);
  for (const prefix of ['', 's', ...texts.slice(0, 1)]) {
    await seen.call(`browse ${prefix}`, rooms.browse, BrowseRequest.encode({ prefix }).finish());
  }
  for (const text of texts) {
    await seen.call(`get ${text}`, rooms.get, RoomRef.encode({ name: text }).finish());
    await seen.call(
      `browse after ${text}`,
      rooms.browse,
      BrowseRequest.encode({ after: text, limit: 1 }).finish(),
    );
    await seen.call(`search ${text}`, messages.search, SearchRequest.encode({ text }).finish());
  }
  for (const from of userNames) {
    await seen.call(`search by ${from}`, messages.search, SearchRequest.encode({ text: 's', from }).finish());
  }
  await seen.call(
    'get everything',
    messages.get,
    GetRequest.encode({ sequences: numbers(guesses) }).finish(),
  );
  for (const number of numbers(guesses)) {
    const room = { room: number };
    await seen.call(
      `get message ${number}`,
      messages.get,
      GetRequest.encode({ sequences: [number] }).finish(),
    );
    await seen.call(`get room ${number}`, rooms.get, RoomRef.encode({ number }).finish());
    await seen.call(`members ${number}`, rooms.members, MembersRequest.encode(room).finish());
    await seen.call(`history ${number}`, messages.history, HistoryRequest.encode(room).finish());
    await seen.call(
      `oldest of ${number}`,
      messages.history,
      HistoryRequest.encode({ ...room, after: 0, limit: 1 }).finish(),
    );
    await seen.call(
      `search in ${number}`,
      messages.search,
      SearchRequest.encode({ text: 's', rooms: [number, 0] }).finish(),
    );
    await seen.call(
      `search before ${number}`,
      messages.search,
      SearchRequest.encode({ text: 's', before: number, limit: 1 }).finish(),
    );
  }
  for (const room of await interestingRooms(client)) {
    for (let position = 1; position <= head + 1; position++) {
      for (const page of [{ before: position }, { after: position, limit: 2 }]) {
        const request = HistoryRequest.encode({ room, ...page }).finish();
        await seen.call(`history ${room} ${JSON.stringify(page)}`, messages.history, request);
      }
    }
  }
  const watch = client.online();
  await watch.until(() => watch.items.length > 0);
  seen.stream('watch', presence.watch.path, watch, []);
  watch.stream.cancel();
}

/** The viewer's own rooms and the open ones. */
async function interestingRooms(client: RoomsClient): Promise<number[]> {
  const own = (await client.list()).rooms;
  const open = (await client.browse()).rooms;
  return [...new Set([...own, ...open].map(({ number }) => number))];
}

/** Subscribes after every cursor, with and without rooms, until `last` arrives, with which the log ends. */
export async function resume(
  client: RoomsClient,
  seen: Observations,
  { head, logId, digests }: Guesses,
  last: string,
): Promise<void> {
  for (let after = 0; after <= head + 1; after++) {
    const digest = digests.get(after);
    for (const more of [{}, ...(digest === undefined ? [] : [{ 'resume-digest': digest }])]) {
      const cursor = { 'log-id': logId, 'resume-after': String(after), ...more };
      const streams = { rooms: client.follow(undefined, cursor), base: client.subscribe(cursor) };
      for (const [kind, stream] of Object.entries(streams)) {
        const isAtHead = (): boolean =>
          after >= head || (kind === 'rooms' && stream.value('resumed') === 'false');
        await stream.until(() => stream.texts().includes(last) || (stream.items.length > 0 && isAtHead()));
        seen.stream(
          `${kind} after ${JSON.stringify(cursor)}`,
          simpleChat.messageList.path,
          stream,
          stream.messages(),
        );
        stream.stream.cancel();
      }
    }
  }
}

/** Calls that may change something. */
export async function meddle(seen: Observations, guesses: Guesses): Promise<void> {
  const { userNames, texts } = guesses;
  for (const room of numbers(guesses)) {
    const topic = 'changed';
    await seen.call(`update ${room}`, rooms.update, UpdateRoomRequest.encode({ room, topic }).finish());
    await seen.call(
      `archive ${room}`,
      rooms.update,
      UpdateRoomRequest.encode({ room, archived: true }).finish(),
    );
    await seen.call(`post ${room}`, messages.post, encodePost(room, 'x', { id: `post-${room}` }));
    await seen.call(
      `reply ${room}`,
      messages.post,
      encodePost(0, 'x', { id: `reply-${room}`, replyTo: room }),
    );
    for (const name of userNames.slice(0, 3)) {
      const request = MemberRequest.encode({ room, name }).finish();
      await seen.call(`invite ${room} ${name}`, rooms.invite, request);
      await seen.call(`remove ${room} ${name}`, rooms.remove, request);
    }
    await seen.call(`join ${room}`, rooms.join, RoomRef.encode({ number: room }).finish());
    await seen.call(`leave ${room}`, rooms.leave, RoomRef.encode({ number: room }).finish());
  }
  for (const text of texts) {
    await seen.call(`join ${text}`, rooms.join, RoomRef.encode({ name: text }).finish());
    await seen.call(`leave ${text}`, rooms.leave, RoomRef.encode({ name: text }).finish());
    // The id with which anna or somebody else has posted it.
    await seen.call(`post ${text}`, messages.post, encodePost(0, text, { id: `id-${text}` }));
    await seen.call(
      `send ${text}`,
      simpleChat.sendMessage,
      encodeDraft(textDraft(text, { id: `id-${text}` })),
    );
  }
  for (const name of userNames) {
    await seen.call(`direct ${name}`, rooms.direct, DirectRequest.encode({ names: [name] }).finish());
  }
  const several = DirectRequest.encode({ names: ['anna', 'bert'] }).finish();
  await seen.call('direct of three', rooms.direct, several);
  await seen.call(
    'create',
    rooms.create,
    CreateRoomRequest.encode({ name: 'my-room', members: [...userNames] }).finish(),
  );
  await seen.call('list at the end', rooms.list, emptyMessage);
}
