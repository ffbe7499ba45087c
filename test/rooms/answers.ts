import { status } from '@grpc/grpc-js';
import { expect } from '@jest/globals';
import {
  lobby,
  mentionAll,
  messageKind,
  roomRole,
  roomType,
  type Message,
} from '../../src/shared/message.js';
import { maxCounted, type RoomView } from '../../src/shared/room-answers.js';
import { decodeText } from '../../src/shared/text.js';
import { CallError, type RoomsClient } from '../server/rooms-client.js';
import {
  answeredForm,
  faultIn,
  listAfter,
  modelOf,
  type Form,
  type LoggedEntry,
  type Model,
  type ModelRoom,
  type Session,
} from './model.js';
import type { Confirmed, ConfirmedChange, ConfirmedMark, Traffic } from './traffic.js';

/** The sequence of an entry; of a message, with its form. */
type Answered = { readonly sequence: number; readonly form?: Form | undefined };

/** What a user has read of a room. */
type Read = { readonly readUpTo: number; readonly unread: number; readonly mentions: number };

/** What a user is answered in the end. */
export type Answers = {
  readonly user: string;
  readonly account: string;
  /** The user's rooms, the lobby first. */
  readonly rooms: readonly RoomView[];
  /** By room. */
  readonly read: ReadonlyMap<number, Read | undefined>;
  /** The history of each room that may exist; undefined: there is no such room. */
  readonly histories: ReadonlyMap<number, readonly Answered[] | undefined>;
  readonly found: readonly Answered[];
  readonly got: readonly Answered[];
  readonly mentions: readonly Answered[];
  /** The texts that a base client is sent first. */
  readonly base: readonly string[];
};

/** All texts of the traffic contain it. */
const commonText = 'text';
const maxPage = 500;
const shownKinds: ReadonlySet<number> = new Set([messageKind.message, messageKind.room, messageKind.member]);
const maxSequences = 100;

/** Asks for everything after the start of the traffic, once the server has all entries and marks up to `end`. */
export async function answersFor(
  client: RoomsClient,
  account: string,
  end: number,
  { start, marks, confirmed }: Pick<Traffic, 'start' | 'marks' | 'confirmed'>,
): Promise<Answers> {
  const known = [...marks, ...confirmed].filter(({ user }) => user === client.user);
  const isRead = ({ number, own }: RoomView): boolean =>
    own !== undefined && known.every(({ room, sequence }) => room !== number || sequence <= own.readUpTo);
  let { rooms, upTo } = await client.list();
  while (upTo < end || !rooms.every(isRead)) ({ rooms, upTo } = await client.list());
  const numbers = Array.from({ length: end - start }, (_, index) => start + index + 1);
  const histories = new Map<number, readonly Answered[] | undefined>();
  for (const number of [lobby, ...numbers]) histories.set(number, await historyOf(client, number));
  const got: Answered[] = [];
  for (let at = 0; at < numbers.length; at += maxSequences) {
    got.push(...answered(await client.get(...numbers.slice(at, at + maxSequences))));
  }
  const base = client.subscribe();
  await base.until(() => base.messages().some(({ sequence }) => sequence === end));
  base.stream.cancel();
  return {
    user: client.user,
    account,
    rooms: rooms.map((room) => ({ ...room, own: undefined })),
    read: new Map(
      rooms.map(({ number, own }) => [
        number,
        own && { readUpTo: own.readUpTo, unread: own.unread, mentions: own.mentions },
      ]),
    ),
    histories,
    found: answered(await client.search(commonText, { limit: maxPage })),
    got,
    mentions: answered(await client.mentions({ limit: maxPage })),
    base: base.texts(),
  };
}

async function historyOf(client: RoomsClient, room: number): Promise<readonly Answered[] | undefined> {
  try {
    return answered(await client.history(room, { limit: maxPage }));
  } catch (error) {
    if (error instanceof CallError && error.code === status.NOT_FOUND) return undefined;
    throw error;
  }
}

function isText({ detail }: Message): boolean {
  return (detail?.kind ?? messageKind.message) === messageKind.message;
}

function answered(messages: readonly Message[]): Answered[] {
  return messages.map((message) => {
    const { sequence } = message;
    return isText(message) ? { sequence, form: answeredForm(message) } : { sequence };
  });
}

/** What the users of a chat were sent and answered. */
export type Experience = {
  /** The account ids of the users by name. */
  readonly accounts: ReadonlyMap<string, string>;
  readonly confirmed: readonly Confirmed[];
  readonly changed: readonly ConfirmedChange[];
  readonly marks: readonly ConfirmedMark[];
  readonly sessions: readonly Session[];
  readonly answers: readonly Answers[];
};

/** Compares what happened with the log. */
export function expectConsistent(
  entries: readonly LoggedEntry[],
  { accounts, confirmed, changed, marks, sessions, answers }: Experience,
): void {
  const model = modelOf(entries);
  const logged = new Map(entries.map((entry) => [entry.sequence, entry.message]));
  for (const { sequence, room, text } of confirmed) {
    const form = model.form(sequence);
    const stored = { room: logged.get(sequence)?.detail?.room ?? lobby, isValid: model.isValid(sequence) };
    expect({ sequence, ...stored }).toEqual({ sequence, room, isValid: true });
    if (form && !form.isEdited && !form.isDeleted) expect(form.text).toBe(text);
  }
  for (const change of changed) {
    const { sequence, target, text, emoji } = change;
    const { detail, content = new Uint8Array() } = logged.get(sequence) ?? {};
    const isRemoved = detail?.deleted === true;
    const stored = {
      target: detail?.target,
      text: decodeText(content),
      emoji: detail?.emoji ?? [],
      isValid: model.isValid(sequence),
    };
    const removed = isRemoved ? { text: '', emoji: [] } : { text, emoji };
    expect({ change, stored }).toEqual({ change, stored: { target, ...removed, isValid: true } });
  }
  for (const session of sessions) expect([session, faultIn(model, session)]).toEqual([session, undefined]);
  for (const answer of answers) {
    expect(answer).toEqual(expectedAnswers(model, answer, { accounts, confirmed, marks }));
    expectList(model, answer.account, sessions);
  }
}

/** Of the messages that are visible to the end, each client has the form that the model says. */
function expectList(model: Model, account: string, sessions: readonly Session[]): void {
  const own = sessions.filter((session) => session.rooms && session.account === account);
  const list = listAfter(own.flatMap(({ messages }) => messages));
  const rooms = new Map(model.entries.map(({ sequence, message }) => [sequence, message.detail?.room]));
  for (const [sequence, form] of list) {
    const room = model.rooms.get(rooms.get(sequence) ?? lobby);
    // What happened while the user was no member did not reach it.
    const since = room
      ? room.members.has(account)
        ? room.memberships.get(account)?.at(-1)?.from
        : undefined
      : 0;
    if (sequence >= (since ?? Infinity)) expect([sequence, form]).toEqual([sequence, model.form(sequence)]);
  }
}

function expectedAnswers(
  model: Model,
  { user, account, histories, rooms, base }: Answers,
  { accounts, confirmed, marks }: Pick<Experience, 'accounts' | 'confirmed' | 'marks'>,
): Answers {
  const modelled = (entries: readonly LoggedEntry[]): Answered[] =>
    entries.map(({ sequence, message }) =>
      isText(message) ? { sequence, form: model.form(sequence) } : { sequence },
    );
  /** A page from the end. */
  const newestFirst = (entries: readonly LoggedEntry[]): Answered[] =>
    modelled(entries).reverse().slice(0, maxPage);
  const namesOf = (ids: Iterable<string>): string[] => {
    const wanted = new Set(ids);
    return [...accounts].flatMap(([name, id]) => (wanted.has(id) ? [name] : [])).sort();
  };
  const readable = model.entries.filter(({ sequence, message: { detail } }) => {
    const from = model.readableFrom(account, detail?.room ?? lobby);
    const isShown = shownKinds.has(detail?.kind ?? messageKind.message);
    return isShown && model.isValid(sequence) && from !== undefined && sequence >= from;
  });
  const inRoom = (number: number): LoggedEntry[] =>
    readable.filter(({ message: { detail } }) => (detail?.room ?? lobby) === number);
  const newestOf = (number: number): number =>
    inRoom(number).findLast(({ message }) => isText(message))?.sequence ?? 0;
  const described = (room: ModelRoom): RoomView => ({
    ...{ number: room.number, name: room.name, topic: room.topic, archived: room.archived },
    ...{ type: room.type, past: room.past },
    memberCount: room.members.size,
    newest: newestOf(room.number),
    participants: room.type === roomType.direct ? namesOf(room.members.keys()) : [],
    joined: true,
    role: room.members.get(account) === true ? roomRole.moderator : roomRole.member,
  });
  const own = [...model.rooms.values()].filter(({ members }) => members.has(account));
  // The end of a membership is the one entry of a room that a former member may read.
  const ends = model.entries.filter(({ sequence, message: { detail } }) => {
    const number = detail?.room ?? lobby;
    const room = model.rooms.get(number);
    const isFormer = room !== undefined && !room.members.has(account);
    return isFormer && room.type !== roomType.open && room.memberships.get(account)?.at(-1)?.to === sequence;
  });
  const isKept = ({ sequence }: LoggedEntry): boolean => model.form(sequence)?.isDeleted === false;
  const isOwn = ({ message }: LoggedEntry): boolean => message.from === user;
  const mentionsUser = ({ message: { detail } }: LoggedEntry): boolean => {
    const isMember = detail?.room === lobby || model.rooms.get(detail?.room ?? lobby)?.members.has(account);
    const isOfAll = detail?.mentions?.includes(mentionAll) === true && isMember === true;
    return isOfAll || detail?.mentionedAccounts?.includes(account) === true;
  };
  const readIn = (number: number): Read => {
    const since = model.rooms.get(number)?.memberships.get(account)?.at(-1)?.from ?? 0;
    const read = [...marks, ...confirmed].filter((mark) => mark.user === user && mark.room === number);
    const readUpTo = Math.max(since, ...read.map(({ sequence }) => sequence));
    const unread = inRoom(number).filter(
      (entry) => isKept(entry) && !isOwn(entry) && entry.sequence > readUpTo,
    );
    const atMost = (count: number): number => Math.min(count, maxCounted);
    return {
      readUpTo,
      unread: atMost(unread.length),
      mentions: atMost(unread.filter(mentionsUser).length),
    };
  };
  const lobbyTexts = inRoom(lobby).flatMap((entry) =>
    isKept(entry) ? [model.form(entry.sequence)?.text ?? ''] : [],
  );
  const single = [...readable, ...ends].sort((one, other) => one.sequence - other.sequence);
  return {
    user,
    account,
    read: new Map([lobby, ...own.map(({ number }) => number)].map((number) => [number, readIn(number)])),
    rooms: [
      // Its members are the accounts, of which the model knows nothing.
      ...rooms.slice(0, 1).map((room) => ({ ...room, number: lobby, newest: newestOf(lobby) })),
      ...own.sort((one, other) => one.number - other.number).map(described),
    ],
    histories: new Map(
      [...histories.keys()].map((number) => [
        number,
        model.readableFrom(account, number) === undefined ? undefined : newestFirst(inRoom(number)),
      ]),
    ),
    found: newestFirst(readable.filter(isKept)),
    got: modelled(single).filter(({ sequence }) => histories.has(sequence)),
    mentions: newestFirst(readable.filter((entry) => isKept(entry) && !isOwn(entry) && mentionsUser(entry))),
    base: lobbyTexts.slice(-base.length),
  };
}
