import { status } from '@grpc/grpc-js';
import { expect } from '@jest/globals';
import { lobby, messageKind, roomRole, roomType, type Message } from '../../src/shared/message.js';
import type { RoomView } from '../../src/shared/room-answers.js';
import { decodeText } from '../../src/shared/text.js';
import { CallError, type RoomsClient } from '../server/rooms-client.js';
import { faultIn, modelOf, type LoggedEntry, type Model, type ModelRoom, type Session } from './model.js';
import type { Confirmed } from './traffic.js';

/** What a user is answered in the end, as sequences. */
export type Answers = {
  readonly account: string;
  /** The user's rooms, the lobby first. */
  readonly rooms: readonly RoomView[];
  /** The history of each room that may exist; undefined: there is no such room. */
  readonly histories: ReadonlyMap<number, readonly number[] | undefined>;
  readonly found: readonly number[];
  readonly got: readonly number[];
};

/** All texts of the traffic contain it. */
const commonText = 'text';
const maxPage = 500;
const maxSequences = 100;

/** Asks for everything after `start` once the server has all entries up to `end`. */
export async function answersFor(
  client: RoomsClient,
  { account, start, end }: { account: string; start: number; end: number },
): Promise<Answers> {
  let { rooms, upTo } = await client.list();
  while (upTo < end) ({ rooms, upTo } = await client.list());
  const numbers = Array.from({ length: end - start }, (_, index) => start + index + 1);
  const histories = new Map<number, readonly number[] | undefined>();
  for (const number of [lobby, ...numbers]) histories.set(number, await historyOf(client, number));
  const got: number[] = [];
  for (let at = 0; at < numbers.length; at += maxSequences) {
    got.push(...sequencesOf(await client.get(...numbers.slice(at, at + maxSequences))));
  }
  return {
    account,
    // What a user has read is not in the log.
    rooms: rooms.map((room) => ({ ...room, own: undefined })),
    histories,
    found: sequencesOf(await client.search(commonText, { limit: maxPage })),
    got,
  };
}

async function historyOf(client: RoomsClient, room: number): Promise<readonly number[] | undefined> {
  try {
    return sequencesOf(await client.history(room, { limit: maxPage }));
  } catch (error) {
    if (error instanceof CallError && error.code === status.NOT_FOUND) return undefined;
    throw error;
  }
}

function isText({ detail }: Message): boolean {
  return (detail?.kind ?? messageKind.message) === messageKind.message;
}

/** A page from the end. */
function newestFirst(entries: readonly LoggedEntry[]): number[] {
  return sequencesOf(entries).reverse().slice(0, maxPage);
}

function sequencesOf(messages: readonly { readonly sequence: number }[]): number[] {
  return messages.map(({ sequence }) => sequence);
}

/** What the users of a chat were sent and answered. */
export type Experience = {
  /** The account ids of the users by name. */
  readonly accounts: ReadonlyMap<string, string>;
  readonly confirmed: readonly Confirmed[];
  readonly sessions: readonly Session[];
  readonly answers: readonly Answers[];
};

/** Compares what happened with the log. */
export function expectConsistent(
  entries: readonly LoggedEntry[],
  { accounts, confirmed, sessions, answers }: Experience,
): void {
  const model = modelOf(entries);
  const logged = new Map(entries.map((entry) => [entry.sequence, entry.message]));
  for (const { sequence, room, text } of confirmed) {
    const message = logged.get(sequence);
    const stored = {
      room: message?.detail?.room ?? lobby,
      text: decodeText(message?.content ?? new Uint8Array()),
    };
    expect({ sequence, ...stored }).toEqual({ sequence, room, text });
    expect([sequence, model.isValid(sequence)]).toEqual([sequence, true]);
  }
  for (const session of sessions) expect([session, faultIn(model, session)]).toEqual([session, undefined]);
  for (const answer of answers) expect(answer).toEqual(expectedAnswers(model, answer, accounts));
}

function expectedAnswers(
  model: Model,
  { account, histories, rooms }: Answers,
  accounts: ReadonlyMap<string, string>,
): Answers {
  const namesOf = (ids: Iterable<string>): string[] => {
    const wanted = new Set(ids);
    return [...accounts].flatMap(([name, id]) => (wanted.has(id) ? [name] : [])).sort();
  };
  const readable = model.entries.filter(({ sequence, message: { detail } }) => {
    const from = model.readableFrom(account, detail?.room ?? lobby);
    return model.isValid(sequence) && from !== undefined && sequence >= from;
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
  const single = [...readable, ...ends].sort((one, other) => one.sequence - other.sequence);
  return {
    account,
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
    found: newestFirst(readable.filter(({ message }) => isText(message))),
    got: sequencesOf(single).filter((sequence) => histories.has(sequence)),
  };
}
