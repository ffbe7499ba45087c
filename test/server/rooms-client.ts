import { status as grpcStatus, type Metadata } from '@grpc/grpc-js';
import { decodeMessages, emptyMessage, encodeUnsequenced } from '../../src/shared/codec.js';
import { chat, qtgrpc } from '../../src/shared/generated/messages.js';
import { roomType, type Message } from '../../src/shared/message.js';
import { encodeDeletion, encodeEdit, encodeReact } from '../../src/shared/message-changes.js';
import { encodeMentionsQuery, type MentionsQuery } from '../../src/shared/message-queries.js';
import { plainNumber } from '../../src/shared/protobuf-values.js';
import type { OwnState, RoomView } from '../../src/shared/room-answers.js';
import { encodeTypingNotice } from '../../src/shared/presence-update.js';
import { encodeReadMark, encodeSettings, type SettingsOfRoom } from '../../src/shared/room-requests.js';
import { messages, presence, rooms, simpleChat } from '../../src/shared/services.js';
import { decodeMemberPage, decodeRoom, decodeRoomList, decodeRoomPage } from '../support/room-answers.js';
import type { Subscription } from './test-client.js';
import {
  loginMetadata,
  StreamRecord,
  TestClient,
  textDraft,
  type Outcome,
  type TestMethod,
} from './test-client.js';

const {
  BrowseRequest,
  CreateRoomRequest,
  DirectRequest,
  GetRequest,
  HistoryRequest,
  MemberRequest,
  MembersRequest,
  Posted,
  PresenceUpdate,
  RoomRef,
  SearchRequest,
  UpdateRoomRequest,
} = chat.v1;

/** The status of a call that was rejected; the message begins with it, such as `NOT_FOUND no such room`. */
export class CallError extends Error {
  readonly code: grpcStatus;
  readonly details: string;
  constructor({ path, status: { code, details } }: Outcome) {
    super(`${grpcStatus[code]} ${details} (${path})`);
    this.code = code;
    this.details = details;
  }
}

/** Where a stream continues. */
export type Cursor = { readonly logId: string; readonly after: number };

type Draft = Parameters<typeof textDraft>[1] & {
  readonly replyTo?: number;
  readonly mentions?: readonly string[];
};

/** A user who knows rooms, on a connection of its own. Calls throw a `CallError` if the server rejects them. */
export class RoomsClient {
  readonly user: string;
  readonly plain: TestClient;
  readonly #password: string;

  constructor(port: number, user: string, password = 'qwerty') {
    this.user = user;
    this.plain = new TestClient(port);
    this.#password = password;
  }

  /** Resolves also if the call is rejected. */
  outcome(method: TestMethod, request: Uint8Array, more: Record<string, string> = {}): Promise<Outcome> {
    return this.plain.outcome(method, request, this.login(more));
  }

  /** Sends encoded messages in one call; resolves also if some or all are rejected. */
  async outcomeOfPosts(requests: readonly Uint8Array[]): Promise<Outcome> {
    const stream = this.plain.postAll(this.login());
    const record = new StreamRecord(stream, (bytes) => bytes);
    for (const request of requests) stream.write(request);
    stream.end();
    const status = await record.ended();
    return { path: messages.postAll.path, status, metadata: record.metadata, responses: record.items };
  }

  async #call(method: TestMethod, request: Uint8Array): Promise<Uint8Array> {
    const outcome = await this.outcome(method, request);
    if (outcome.status.code !== grpcStatus.OK) throw new CallError(outcome);
    return Buffer.concat(outcome.responses);
  }

  async #roomCall(method: TestMethod, request: Uint8Array): Promise<RoomView> {
    return decodeRoom(await this.#call(method, request));
  }

  login(more: Record<string, string> = {}): Metadata {
    return loginMetadata(this.user, this.#password, more);
  }

  async list() {
    return decodeRoomList(await this.#call(rooms.list, emptyMessage));
  }

  /** Of the user's rooms. */
  async numbers(): Promise<number[]> {
    return (await this.list()).rooms.map(({ number }) => number);
  }

  async browse(request: chat.v1.BrowseRequest.$Properties = {}) {
    return decodeRoomPage(await this.#call(rooms.browse, BrowseRequest.encode(request).finish()));
  }

  room(ref: chat.v1.RoomRef.$Properties): Promise<RoomView> {
    return this.#roomCall(rooms.get, RoomRef.encode(ref).finish());
  }

  async members(room: number, more: Omit<chat.v1.MembersRequest.$Properties, 'room'> = {}) {
    const request = MembersRequest.encode({ room, ...more }).finish();
    return decodeMemberPage(await this.#call(rooms.members, request));
  }

  async memberNames(room: number): Promise<string[]> {
    return (await this.members(room)).items.map(({ name }) => name);
  }

  /** A closed room unless another type is given. */
  create(name: string, more: Omit<chat.v1.CreateRoomRequest.$Properties, 'name'> = {}): Promise<RoomView> {
    const request = CreateRoomRequest.encode({ name, type: roomType.closed, ...more });
    return this.#roomCall(rooms.create, request.finish());
  }

  direct(...names: string[]): Promise<RoomView> {
    return this.#roomCall(rooms.direct, DirectRequest.encode({ names }).finish());
  }

  update(request: chat.v1.UpdateRoomRequest.$Properties): Promise<RoomView> {
    return this.#roomCall(rooms.update, UpdateRoomRequest.encode(request).finish());
  }

  join(number: number): Promise<RoomView> {
    return this.#roomCall(rooms.join, RoomRef.encode({ number }).finish());
  }

  async leave(number: number): Promise<void> {
    await this.#call(rooms.leave, RoomRef.encode({ number }).finish());
  }

  async invite(room: number, name: string): Promise<void> {
    await this.#call(rooms.invite, MemberRequest.encode({ room, name }).finish());
  }

  async remove(room: number, name: string): Promise<void> {
    await this.#call(rooms.remove, MemberRequest.encode({ room, name }).finish());
  }

  async mentions(query: Partial<MentionsQuery> = {}): Promise<Message[]> {
    return decodeMessages(await this.#call(messages.mentions, encodeMentionsQuery(query)));
  }

  async mark(room: number, sequence: number): Promise<void> {
    await this.#call(rooms.mark, encodeReadMark({ room, sequence }));
  }

  async configure(settings: Partial<SettingsOfRoom>): Promise<void> {
    await this.#call(rooms.configure, encodeSettings(settings));
  }

  async typing(room: number, stopped = false): Promise<void> {
    await this.#call(presence.typing, encodeTypingNotice({ room, stopped }));
  }

  /** What the user has read of the room. */
  async own(number: number): Promise<OwnState> {
    const { own } = await this.room({ number });
    if (!own) throw new Error('the server keeps no read marks');
    return own;
  }

  async post(room: number, text: string, draft: Draft = {}) {
    const { id, sequence } = Posted.decode(await this.#call(messages.post, encodePost(room, text, draft)));
    return { id, sequence: plainNumber(sequence) };
  }

  /** Returns the sequence of the change, as `delete` and `react`. */
  async edit(target: number, text: string, id = nextChange()): Promise<number> {
    return sequenceOf(await this.#call(messages.edit, encodeEdit({ target, text, id })));
  }

  async delete(target: number, id = nextChange()): Promise<number> {
    return sequenceOf(await this.#call(messages.delete, encodeDeletion({ target, id })));
  }

  async react(target: number, emoji: readonly string[], id = nextChange()): Promise<number> {
    return sequenceOf(await this.#call(messages.react, encodeReact({ target, emoji, id })));
  }

  async history(
    room: number,
    page: Omit<chat.v1.HistoryRequest.$Properties, 'room'> = {},
  ): Promise<Message[]> {
    return decodeMessages(await this.#call(messages.history, encodeHistory(room, page)));
  }

  async search(text: string, more: Omit<chat.v1.SearchRequest.$Properties, 'text'> = {}): Promise<Message[]> {
    return decodeMessages(
      await this.#call(messages.search, SearchRequest.encode({ text, ...more }).finish()),
    );
  }

  async get(...sequences: number[]): Promise<Message[]> {
    return decodeMessages(await this.#call(messages.get, GetRequest.encode({ sequences }).finish()));
  }

  /** Sends to the lobby as a base client does; returns the sequence. */
  sendText(text: string): Promise<number> {
    return this.plain.sendText(text, this.login());
  }

  /** The stream of a base client. */
  subscribe(more: Record<string, string> = {}): Subscription {
    return this.plain.subscribe(this.login(more));
  }

  /** The stream of all rooms, from a cursor or the head. */
  follow(cursor?: Cursor, more: Record<string, string> = {}): RoomsStream {
    const resume = cursor && { 'log-id': cursor.logId, 'resume-after': String(cursor.after) };
    const metadata = this.login({ rooms: '1', ...resume, ...more });
    return new RoomsStream(this.plain.stream(simpleChat.messageList, emptyMessage, metadata));
  }

  online(): StreamRecord<chat.v1.PresenceUpdate.$Shape> {
    const stream = this.plain.stream(presence.watch, emptyMessage, this.login());
    return new StreamRecord(stream, (bytes) => PresenceUpdate.decode(bytes));
  }

  close(): void {
    this.plain.close();
  }
}

/** A batch of a stream with `rooms: 1`. */
export type RoomsBatch = {
  readonly messages: readonly Message[];
  readonly upTo: number;
};

/** A `messageList` stream with `rooms: 1`. */
export class RoomsStream extends StreamRecord<RoomsBatch> {
  constructor(stream: ConstructorParameters<typeof StreamRecord>[0]) {
    super(stream, (bytes) => ({
      messages: decodeMessages(bytes),
      upTo: plainNumber(qtgrpc.examples.chat.ChatMessages.decode(bytes).upTo),
    }));
  }

  messages(): Message[] {
    return this.items.flatMap(({ messages: batch }) => batch);
  }

  texts(): string[] {
    return this.messages().map(({ content }) => Buffer.from(content).toString());
  }

  /** The newest cursor, 0 before the first batch with one. */
  upTo(): number {
    return this.items.reduce((cursor, { messages: batch, upTo }) => {
      const last = batch.at(-1)?.sequence ?? 0;
      return Math.max(cursor, last, upTo);
    }, 0);
  }

  /** Resolves at the first batch, which confirms the subscription; rejects if the stream ends before. */
  async opened(): Promise<this> {
    await this.until(() => this.items.length > 0 || this.status !== undefined);
    if (this.items.length === 0) throw new Error(`the stream ended: ${this.status?.details ?? ''}`);
    return this;
  }

  /** Resolves when a message with this text has arrived. */
  async has(text: string): Promise<void> {
    await this.until(() => this.status !== undefined || this.texts().includes(text));
    if (!this.texts().includes(text)) throw new Error(`the stream ended: ${this.status?.details ?? ''}`);
  }
}

export function encodePost(
  room: number,
  text: string,
  { replyTo, mentions, ...draft }: Draft = {},
): Uint8Array {
  const placed = { room, kind: 0, ...(replyTo !== undefined && { replyTo }), ...(mentions && { mentions }) };
  const id = `${Date.now()}-${nextId++}`;
  return encodeUnsequenced({ ...textDraft(text, { id, ...draft }), from: '', detail: placed });
}

let nextId = 0;

const nextChange = (): string => `change-${Date.now()}-${nextId++}`;

function sequenceOf(posted: Uint8Array): number {
  return plainNumber(Posted.decode(posted).sequence);
}

function encodeHistory(room: number, page: Omit<chat.v1.HistoryRequest.$Properties, 'room'>): Uint8Array {
  return HistoryRequest.encode({ room, ...page }).finish();
}
