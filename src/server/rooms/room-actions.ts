import type { Clock } from '../../shared/clock.js';
import { emptyMessage, encodeUnsequenced } from '../../shared/codec.js';
import { ChatError } from '../../shared/errors.js';
import {
  contentType,
  lobby,
  memberChange,
  messageKind,
  type Detail,
  type Message,
  type Participant,
} from '../../shared/message.js';
import { checkId } from '../../shared/message-rules.js';
import type { RoomView } from '../../shared/room-answers.js';
import type { NewRoom, RoomAndUser, RoomRef, RoomUpdate } from '../../shared/room-requests.js';
import type { AccountNames } from '../accounts/account-names.js';
import type { FoldedLog } from './folded-log.js';
import {
  creation,
  directCreation,
  memberChangeOf,
  participantsOf,
  updatesOf,
  userNamed,
  type Change,
} from './requested-changes.js';
import { noSuchRoom } from './room-errors.js';
import type { Room } from './rooms.js';
import { referredRoom, roomView, visibleRoom } from './room-views.js';

/**
 * The changes of rooms. Each resolves once the change is durable and folded, and rejects with the rule that forbids it;
 * one that changes nothing succeeds without an entry.
 */
export type RoomActions = {
  create(actor: Participant, request: NewRoom): Promise<RoomView>;
  /** The direct room of the actor and these users, which is created if there is none. */
  direct(actor: Participant, names: readonly string[]): Promise<RoomView>;
  update(actor: Participant, request: RoomUpdate): Promise<RoomView>;
  join(actor: Participant, ref: RoomRef): Promise<RoomView>;
  leave(actor: Participant, ref: RoomRef): Promise<void>;
  invite(actor: Participant, request: RoomAndUser): Promise<void>;
  remove(actor: Participant, request: RoomAndUser): Promise<void>;
};

type RoomActionsOptions = {
  readonly log: FoldedLog;
  readonly names: () => AccountNames;
  readonly clock: Clock;
  /** Gets the `messageKind` of each stored entry. */
  readonly onAppended: (milliseconds: number, kind: number) => void;
};

const newRoom = { room: 'new', kind: messageKind.room } as const;

/** Creates the actions over a log. */
export function createRoomActions({ log, names, clock, onAppended }: RoomActionsOptions): RoomActions {
  const { rooms } = log;

  /** `change` is not called for the repeat of a request with this id. */
  const append = async (
    actor: Participant,
    { room, kind }: Pick<Change, 'room' | 'kind'>,
    change: () => Change,
    id = '',
  ): Promise<number> => {
    const startMs = performance.now();
    const { sequence, duplicate } = await log.append({
      ...{ room, kind, author: actor.name, id },
      message() {
        const message = changeMessage(actor, change(), clock.now(), id);
        const broken = rooms.verdict({ room, kind, message: () => message });
        if (broken) throw broken;
        return encodeUnsequenced(message);
      },
    });
    if (!duplicate) onAppended(performance.now() - startMs, kind);
    return sequence;
  };

  /** Two servers, or two calls at once, may make the same change: the second one is void, and has what it wanted. */
  const ensure = async (isSo: () => boolean, actor: Participant, change: Change): Promise<void> => {
    if (isSo()) return;
    try {
      await append(actor, change, () => change);
    } catch (error) {
      if (!isSo()) throw error;
    }
  };

  const view = (actor: Participant, number: number): RoomView => {
    const room = visibleRoom(rooms, actor.account, { number, name: '' });
    return roomView({ rooms, names: names() }, actor.account, room);
  };

  const isMember = (room: Room, { account }: Participant): boolean =>
    room.number === lobby || (rooms.get(room.number)?.members.has(account) ?? false);

  return {
    async create(actor, request) {
      checkId(request.id);
      const change = (): Change => creation(names(), actor, request);
      const number = await append(actor, newRoom, change, request.id);
      if (rooms.get(number)?.creator !== actor.account) {
        throw new ChatError('already-exists', 'this id was used before, for something else');
      }
      return view(actor, number);
    },

    async direct(actor, requested) {
      const participants = [actor, ...participantsOf(names(), actor, requested)];
      const accounts = participants.map(({ account }) => account);
      const find = (): Room | undefined => rooms.direct(accounts);
      await ensure(() => find() !== undefined, actor, directCreation(participants));
      const room = find();
      if (!room) throw new ChatError('internal', 'a direct room was created and is missing');
      return view(actor, room.number);
    },

    async update(actor, request) {
      const room = visibleRoom(rooms, actor.account, { number: request.room, name: '' });
      for (const change of updatesOf(room, request)) await append(actor, change, () => change);
      return view(actor, room.number);
    },

    async join(actor, ref) {
      const room = referredRoom(rooms, ref);
      if (!room) throw noSuchRoom();
      const change = memberChangeOf(room.number, memberChange.joined, actor);
      await ensure(() => isMember(room, actor), actor, change);
      return view(actor, room.number);
    },

    async leave(actor, ref) {
      const room = visibleRoom(rooms, actor.account, ref);
      if (room.number === lobby) throw new ChatError('not-permitted', 'the lobby cannot be left');
      const change = memberChangeOf(room.number, memberChange.left, actor);
      await ensure(() => !isMember(room, actor), actor, change);
    },

    async invite(actor, { room: number, name }) {
      const room = visibleRoom(rooms, actor.account, { number, name: '' });
      const user = userNamed(names(), name);
      const change = memberChangeOf(number, memberChange.invited, user);
      await ensure(() => isMember(room, user), actor, change);
    },

    async remove(actor, { room: number, name }) {
      visibleRoom(rooms, actor.account, { number, name: '' });
      const user = userNamed(names(), name);
      const change = memberChangeOf(number, memberChange.removed, user);
      await append(actor, change, () => change);
    },
  };
}

/** The room of a new one is its sequence, which the log sets. */
function changeMessage(
  actor: Participant,
  { room, ...change }: Change,
  timestamp: number,
  id: string,
): Message {
  const detail: Detail = { ...change, room: room === 'new' ? lobby : room, account: actor.account };
  const content = { type: contentType.unknown, content: emptyMessage };
  return { sequence: 0, id, from: actor.name, timestamp, ...content, detail };
}
