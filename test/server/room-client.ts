import { status as grpcStatus } from '@grpc/grpc-js';
import { encodeUnsequenced } from '../../src/shared/codec.js';
import { messageKind, past, roomType } from '../../src/shared/message.js';
import {
  decodePosted,
  type MemberView,
  type Page,
  type Posted,
  type RoomList,
  type RoomView,
} from '../../src/shared/room-answers.js';
import {
  encodeDirectRequest,
  encodeMembersQuery,
  encodeNewRoom,
  encodeRoomAndUser,
  encodeRoomRef,
  encodeRoomsQuery,
  encodeRoomUpdate,
  type MembersQuery,
  type NewRoom,
  type RoomRef,
  type RoomsQuery,
  type RoomUpdate,
} from '../../src/shared/room-requests.js';
import { messages, rooms } from '../../src/shared/services.js';
import { decodeMemberPage, decodeRoom, decodeRoomList, decodeRoomPage } from '../support/room-answers.js';
import { loginMetadata, textDraft, type Answer, type TestClient } from './test-client.js';

type Method = typeof messages.post;
type PostOptions = { readonly id?: string; readonly replyTo?: number };

let posts = 0;

/** The calls of one user; each rejects with the status and its text, such as `NOT_FOUND no such room`. */
export class RoomClient {
  readonly name: string;
  readonly #client: TestClient;
  readonly #password: string;

  constructor(client: TestClient, name: string, password = 'qwerty') {
    this.#client = client;
    this.name = name;
    this.#password = password;
  }

  answer(method: Method, request: Uint8Array): Promise<Answer> {
    return this.#client.call(method, request, loginMetadata(this.name, this.#password));
  }

  async #call<Result>(
    method: Method,
    request: Uint8Array,
    decode: (bytes: Uint8Array) => Result,
  ): Promise<Result> {
    const { status, response } = await this.answer(method, request);
    if (status.code === grpcStatus.OK && response) return decode(response);
    throw new Error(`${grpcStatus[status.code]} ${status.details}`);
  }

  list(): Promise<RoomList> {
    return this.#call(rooms.list, new Uint8Array(0), decodeRoomList);
  }

  async numbers(): Promise<number[]> {
    return (await this.list()).rooms.map(({ number }) => number);
  }

  browse(query: Partial<RoomsQuery> = {}): Promise<Page<RoomView>> {
    return this.#call(rooms.browse, encodeRoomsQuery(query), decodeRoomPage);
  }

  get(ref: Partial<RoomRef>): Promise<RoomView> {
    return this.#call(rooms.get, encodeRoomRef(ref), decodeRoom);
  }

  members(query: Partial<MembersQuery>): Promise<Page<MemberView>> {
    return this.#call(rooms.members, encodeMembersQuery(query), decodeMemberPage);
  }

  async memberNames(room: number): Promise<string[]> {
    return (await this.members({ room })).items.map(({ name }) => name);
  }

  /** By default closed, with the past from joining. */
  create(name: string, more: Partial<NewRoom> = {}): Promise<RoomView> {
    const request = { name, type: roomType.closed, past: past.fromJoining, ...more };
    return this.#call(rooms.create, encodeNewRoom(request), decodeRoom);
  }

  direct(...names: readonly string[]): Promise<RoomView> {
    return this.#call(rooms.direct, encodeDirectRequest(names), decodeRoom);
  }

  update(room: number, changes: Omit<RoomUpdate, 'room'>): Promise<RoomView> {
    return this.#call(rooms.update, encodeRoomUpdate({ room, ...changes }), decodeRoom);
  }

  join(number: number): Promise<RoomView> {
    return this.#call(rooms.join, encodeRoomRef({ number }), decodeRoom);
  }

  leave(number: number): Promise<Uint8Array> {
    return this.#call(rooms.leave, encodeRoomRef({ number }), (bytes) => bytes);
  }

  invite(room: number, name: string): Promise<Uint8Array> {
    return this.#call(rooms.invite, encodeRoomAndUser({ room, name }), (bytes) => bytes);
  }

  remove(room: number, name: string): Promise<Uint8Array> {
    return this.#call(rooms.remove, encodeRoomAndUser({ room, name }), (bytes) => bytes);
  }

  post(room: number, text: string, options: PostOptions = {}): Promise<Posted> {
    return this.#call(messages.post, encodePost(room, text, options), (bytes) => {
      const { id, sequence } = decodePosted(bytes);
      return { id, sequence };
    });
  }
}

/** A text to a room, with an id that no other post has unless one is given. */
export function encodePost(room: number, text: string, { id, replyTo }: PostOptions = {}): Uint8Array {
  const detail = { room, kind: messageKind.message, ...(replyTo !== undefined && { replyTo }) };
  return encodeUnsequenced({ ...textDraft(text, { id: id ?? `post-${++posts}` }), from: '', detail });
}
