import type { UntypedServiceImplementation } from '@grpc/grpc-js';
import type { Clock } from '../../shared/clock.js';
import { emptyMessage } from '../../shared/codec.js';
import type { Participant } from '../../shared/message.js';
import { maxGrpcMessageBytes } from '../../shared/message-rules.js';
import {
  encodeMemberPage,
  encodeRoom,
  encodeRoomList,
  encodeRoomPage,
  type RoomView,
} from '../../shared/room-answers.js';
import {
  decodeDirectRequest,
  decodeMembersQuery,
  decodeNewRoom,
  decodeReadMark,
  decodeRoomAndUser,
  decodeRoomRef,
  decodeRoomsQuery,
  decodeRoomUpdate,
  decodeSettings,
} from '../../shared/room-requests.js';
import { rooms as rpcs } from '../../shared/services.js';
import type { AccountNames } from '../accounts/account-names.js';
import type { Presence } from '../messages/presence.js';
import type { FoldedLog } from '../rooms/folded-log.js';
import type { OwnStates } from '../rooms/own-state.js';
import type { RoomActions } from '../rooms/room-actions.js';
import { membersOf, openRooms, roomsOf, roomView, visibleRoom, type Snapshot } from '../rooms/room-views.js';
import type { Caller } from './caller.js';
import { streamHandler, unaryHandler, writeUntilDrained, type OnFailure } from './grpc-handler.js';

type RoomsServiceOptions = {
  readonly log: FoldedLog;
  readonly names: () => AccountNames;
  readonly actions: RoomActions;
  readonly ownStates: OwnStates;
  readonly presence: Presence;
  readonly clock: Clock;
  readonly onFailure: OnFailure;
};

/** Serves lists of rooms as streams of one message, since they may be large and their readers slow. */
export const roomsDefinition = {
  ...rpcs,
  list: { ...rpcs.list, responseStream: true },
  browse: { ...rpcs.browse, responseStream: true },
} as const;

/** The service `Rooms`: decode, call, encode. */
export function createRoomsService(options: RoomsServiceOptions): UntypedServiceImplementation {
  const { log, names, actions, ownStates, clock, onFailure } = options;
  const onlineUsers = createOnlineUsers(options.presence);

  /** The state after everything up to the head of the log. */
  const snapshot = (): Snapshot & { readonly upTo: number } => ({
    upTo: log.head(),
    rooms: log.rooms,
    names: names(),
  });
  const answer = (respond: (request: Uint8Array, caller: Participant) => Promise<Uint8Array> | Uint8Array) =>
    unaryHandler(
      async (request, caller) => ({ response: await respond(request, actorOf(caller)) }),
      onFailure,
    );
  const answerLarge = (respond: (request: Uint8Array, caller: Caller) => Promise<Uint8Array> | Uint8Array) =>
    streamHandler(async (request, response, caller) => {
      await writeUntilDrained(response, await respond(request, caller), caller.signal, clock);
    }, onFailure);
  /** With what the caller has read. */
  const encodeOwn = async (view: RoomView, caller: Participant): Promise<Uint8Array> => {
    const [complete = view] = await ownStates.addTo([view], caller, log.head());
    return encodeRoom(complete);
  };

  return {
    list: answerLarge(async (_request, caller) => {
      const { upTo, ...state } = snapshot();
      const views = roomsOf(state, caller.account);
      const list = { upTo, logId: log.logId, rooms: await ownStates.addTo(views, caller, upTo) };
      const bytes = encodeRoomList(list);
      if (bytes.length <= maxGrpcMessageBytes) return bytes;
      return encodeRoomList({ ...list, rooms: list.rooms.map((room) => ({ ...room, topic: '' })) });
    }),

    browse: answerLarge((request, { account }) =>
      encodeRoomPage(openRooms(snapshot(), account, decodeRoomsQuery(request))),
    ),

    get: answer((request, actor) => {
      const { account } = actor;
      const state = snapshot();
      return encodeOwn(
        roomView(state, account, visibleRoom(state.rooms, account, decodeRoomRef(request))),
        actor,
      );
    }),

    members: answer((request, { account }) => {
      const online = onlineUsers();
      const page = membersOf(snapshot(), account, decodeMembersQuery(request), (name) => online.has(name));
      return encodeMemberPage(page);
    }),

    create: answer(async (request, actor) =>
      encodeOwn(await actions.create(actor, decodeNewRoom(request)), actor),
    ),
    direct: answer(async (request, actor) =>
      encodeOwn(await actions.direct(actor, decodeDirectRequest(request)), actor),
    ),
    update: answer(async (request, actor) =>
      encodeOwn(await actions.update(actor, decodeRoomUpdate(request)), actor),
    ),
    join: answer(async (request, actor) =>
      encodeOwn(await actions.join(actor, decodeRoomRef(request)), actor),
    ),

    leave: answer(async (request, actor) => {
      await actions.leave(actor, decodeRoomRef(request));
      return emptyMessage;
    }),
    invite: answer(async (request, actor) => {
      await actions.invite(actor, decodeRoomAndUser(request));
      return emptyMessage;
    }),
    remove: answer(async (request, actor) => {
      await actions.remove(actor, decodeRoomAndUser(request));
      return emptyMessage;
    }),
    mark: answer(async (request, { account }) => {
      await ownStates.mark(account, decodeReadMark(request));
      return emptyMessage;
    }),
    configure: answer(async (request, { account }) => {
      await ownStates.configure(account, decodeSettings(request));
      return emptyMessage;
    }),
  };
}

function actorOf({ account, name }: Caller): Participant {
  return { account, name };
}

/** The names of the users online, as a set that is made once for each list. */
function createOnlineUsers(presence: Presence): () => ReadonlySet<string> {
  let known: readonly string[] = [];
  let users = new Set<string>();
  return () => {
    const names = presence.names();
    if (names !== known) {
      known = names;
      users = new Set(names);
    }
    return users;
  };
}
