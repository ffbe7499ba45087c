import { emptyMessage, encodeDraft } from '../../../src/shared/codec.js';
import { chat } from '../../../src/shared/generated/messages.js';
import { encodeDeletion, encodeEdit, encodeReact } from '../../../src/shared/message-changes.js';
import { encodeMentionsQuery } from '../../../src/shared/message-queries.js';
import { encodeTypingNotice } from '../../../src/shared/presence-update.js';
import { encodeReadMark, encodeSettings } from '../../../src/shared/room-requests.js';
import { messages, presence, rooms, simpleChat } from '../../../src/shared/services.js';
import { encodePost, type RoomsClient } from '../rooms-client.js';
import { textDraft, type TestMethod } from '../test-client.js';
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
  readonly ids: readonly string[];
  readonly userNames: readonly string[];
  /** The newest sequence. */
  readonly head: number;
  readonly logId: string;
  /** Of the messages with these sequences. The right digest must not confirm anything either. */
  readonly digests: ReadonlyMap<number, string>;
};

/** Every number up to beyond the head: as the number of a room, as a sequence, and as a cursor. */
const numbers = ({ head }: Guesses): number[] => Array.from({ length: head + 3 }, (_, index) => index);

type Call = readonly [label: string, method: TestMethod, request: Uint8Array];

/** Below what a server allows on one connection. */
const callsAtOnce = 16;

async function callAll(seen: Observations, calls: readonly Call[]): Promise<void> {
  for (let first = 0; first < calls.length; first += callsAtOnce) {
    await Promise.all(calls.slice(first, first + callsAtOnce).map((call) => seen.call(...call)));
  }
}

/** Calls that change nothing. */
export async function look(client: RoomsClient, seen: Observations, guesses: Guesses): Promise<void> {
  const { texts, userNames, head } = guesses;
  const calls: Call[] = [['list', rooms.list, emptyMessage]];
  const browse = (request: chat.v1.BrowseRequest.$Properties): void =>
    void calls.push([
      `browse ${JSON.stringify(request)}`,
      rooms.browse,
      BrowseRequest.encode(request).finish(),
    ]);
  const get = (request: chat.v1.RoomRef.$Properties): void =>
    void calls.push([`get ${JSON.stringify(request)}`, rooms.get, RoomRef.encode(request).finish()]);
  const members = (request: chat.v1.MembersRequest.$Properties): void =>
    void calls.push([
      `members ${JSON.stringify(request)}`,
      rooms.members,
      MembersRequest.encode(request).finish(),
    ]);
  const history = (request: chat.v1.HistoryRequest.$Properties): void =>
    void calls.push([
      `page ${JSON.stringify(request)}`,
      messages.history,
      HistoryRequest.encode(request).finish(),
    ]);
  const search = (request: chat.v1.SearchRequest.$Properties): void =>
    void calls.push([
      `search ${JSON.stringify(request)}`,
      messages.search,
      SearchRequest.encode(request).finish(),
    ]);
  const read = (sequences: number[]): void =>
    void calls.push([`read ${sequences.join()}`, messages.get, GetRequest.encode({ sequences }).finish()]);

  for (const prefix of ['', 's', ...texts.slice(0, 1)]) browse({ prefix });
  for (const name of texts) {
    get({ name });
    search({ text: name });
  }
  for (const from of userNames) search({ text: 's', from });
  read(numbers(guesses));
  for (const number of numbers(guesses)) {
    read([number]);
    get({ number });
    members({ room: number });
    history({ room: number });
    history({ room: number, after: 0, limit: 1 });
    search({ text: 's', rooms: [number, 0] });
    search({ text: 's', before: number, limit: 1 });
  }
  for (const before of numbers(guesses))
    calls.push([`mentions before ${before}`, messages.mentions, encodeMentionsQuery({ before })]);
  for (const room of await interestingRooms(client)) {
    for (let position = 1; position <= head + 1; position++) {
      history({ room, before: position, limit: 3 });
      history({ room, after: position, limit: 2 });
    }
  }
  await callAll(seen, calls);
  const watch = client.online();
  await watch.until(() => watch.items.length > 0);
  seen.stream('watch', presence.watch.path, watch, []);
  watch.stream.cancel();
}

/** The viewer's own rooms and the open ones. */
async function interestingRooms(client: RoomsClient): Promise<number[]> {
  const own = (await client.list()).rooms;
  const open = (await client.browse()).items;
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
  const { userNames, texts, ids } = guesses;
  for (const room of numbers(guesses)) {
    const topic = 'changed';
    await seen.call(`update ${room}`, rooms.update, UpdateRoomRequest.encode({ room, topic }).finish());
    await seen.call(
      `archive ${room}`,
      rooms.update,
      UpdateRoomRequest.encode({ room, archived: true }).finish(),
    );
    await seen.call(`mark ${room}`, rooms.mark, encodeReadMark({ room, sequence: 1e9 }));
    await seen.call(`configure ${room}`, rooms.configure, encodeSettings({ room, hidden: true }));
    await seen.call(`own ${room}`, rooms.get, RoomRef.encode({ number: room }).finish());
    await seen.call(`typing ${room}`, presence.typing, encodeTypingNotice({ room, stopped: false }));
    await seen.call(`post ${room}`, messages.post, encodePost(room, 'x', { id: `post-${room}` }));
    await seen.call(
      `reply ${room}`,
      messages.post,
      encodePost(0, 'x', { id: `reply-${room}`, replyTo: room }),
    );
    const change = { target: room, id: `change-${room}` };
    await seen.call(`edit ${room}`, messages.edit, encodeEdit({ ...change, text: 'x' }));
    await seen.call(`react ${room}`, messages.react, encodeReact({ ...change, emoji: ['👍'] }));
    await seen.call(`delete ${room}`, messages.delete, encodeDeletion({ ...change, id: `delete-${room}` }));
    await seen.posts(`posts ${room}`, [
      encodePost(0, 'x', { id: `first-${room}` }),
      encodePost(room, 'x', { id: `second-${room}` }),
      encodePost(0, 'x', { id: `third-${room}`, replyTo: room }),
    ]);
    const mentions = ['all', ...userNames];
    await seen.call(`mention ${room}`, messages.post, encodePost(room, 'x', { id: `all-${room}`, mentions }));
    for (const name of userNames.slice(0, 3)) {
      const request = MemberRequest.encode({ room, name }).finish();
      await seen.call(`invite ${room} ${name}`, rooms.invite, request);
      await seen.call(`remove ${room} ${name}`, rooms.remove, request);
    }
    await seen.call(`join ${room}`, rooms.join, RoomRef.encode({ number: room }).finish());
    await seen.call(`leave ${room}`, rooms.leave, RoomRef.encode({ number: room }).finish());
  }
  for (const id of ids) {
    await seen.call(`post ${id}`, messages.post, encodePost(0, 'x', { id }));
    await seen.call(`send ${id}`, simpleChat.sendMessage, encodeDraft(textDraft('x', { id: `${id}-sent` })));
  }
  for (const text of texts) {
    await seen.call(`join ${text}`, rooms.join, RoomRef.encode({ name: text }).finish());
    await seen.call(`leave ${text}`, rooms.leave, RoomRef.encode({ name: text }).finish());
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
