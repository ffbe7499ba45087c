import { formatByteSize } from '../../../shared/byte-size.js';
import { ChatError } from '../../../shared/errors.js';
import { isSameName } from '../../../shared/fold-text.js';
import { lobby, roomType } from '../../../shared/message.js';
import type { RoomView } from '../../../shared/room-answers.js';
import { encodeText } from '../../../shared/text.js';
import { closestName, nameSet, newRoomName } from '../../connection/find-room.js';
import type { Conversation } from '../../session/state.js';
import { emptyEditor } from '../composer/editor.js';
import { openRoom } from '../rooms/open-room.js';
import { roomLabel } from '../rooms/room-names.js';
import { maxListed, type AppUpdate, type RoomCall } from '../state/app-event.js';
import type { AppState } from '../state/app-state.js';
import { usageNotice } from './commands.js';
import { sendTo } from './room-outcomes.js';

/** The commands about rooms and their members. */
export type RoomCommand =
  | 'join'
  | 'leave'
  | 'create'
  | 'msg'
  | 'query'
  | 'topic'
  | 'rename'
  | 'archive'
  | 'unarchive'
  | 'rooms'
  | 'names'
  | 'invite'
  | 'kick';

/** What a command works with. `done` is the state without the command in the draft. */
type Work = {
  readonly state: AppState;
  readonly done: AppState;
  readonly session: Conversation;
  readonly argument: string;
};

/** `done` is the state with an empty draft; `state` keeps a command that has to be corrected. */
export function runRoomCommand(
  state: AppState,
  done: AppState,
  name: RoomCommand,
  argument: string,
): AppUpdate {
  const { session } = state;
  if (!session) return reject(state, notConnected);
  const work = { state, done, session, argument };
  const needsArgument = ['join', 'create', 'msg', 'query', 'rename', 'invite', 'kick'].includes(name);
  if (needsArgument && argument === '') return reject(state, usageNotice(name));
  try {
    return run(name, work);
  } catch (thrown) {
    const { message, hint } = ChatError.from(thrown);
    return reject(state, hint === undefined ? message : `${message}. ${hint}`);
  }
}

function run(name: RoomCommand, work: Work): AppUpdate {
  const { state, done, session, argument } = work;
  switch (name) {
    case 'join':
      return join(work);
    case 'create':
      return create(work);
    case 'msg':
    case 'query':
      return openDirect(work, name);
    case 'leave':
      return leave(work);
    case 'topic':
      return topic(work);
    case 'rename':
      return call(work, { what: 'update', room: session.room, change: { name: newRoomName(argument) } });
    case 'archive':
    case 'unarchive':
      return archive(work, name === 'archive');
    case 'invite':
    case 'kick':
      return changeMember(work, name);
    case 'rooms':
      return listed(work, [
        {
          ...done,
          mode: {
            type: 'room-browser',
            filter: emptyEditor,
            rooms: [],
            chosen: 0,
            progress: { type: 'loading' },
          },
        },
        [{ type: 'list-rooms', max: maxListed }],
      ]);
    case 'names': {
      if (session.phase.type === 'live' && !session.hasRooms)
        return [{ ...done, mode: { type: 'users', top: 0 } }, []];
      const { room } = session;
      return listed(work, [
        {
          ...done,
          mode: {
            type: 'members',
            top: 0,
            room,
            count: room.memberCount,
            members: [],
            progress: { type: 'loading' },
          },
        },
        [{ type: 'list-members', room: state.room, max: maxListed }],
      ]);
    }
  }
}

const notConnected = 'Not connected: try again once the connection is back. /reconnect tries now.';
const singleRoom = 'This server has a single room.';

function reject(state: AppState, text: string): AppUpdate {
  return [{ ...state, notice: { tone: 'error', text } }, []];
}

/** Why the server cannot be asked about rooms now. */
function obstacle({ phase, hasRooms }: Conversation): string | undefined {
  if (phase.type !== 'live') return notConnected;
  return hasRooms ? undefined : singleRoom;
}

function listed({ state, session }: Work, update: AppUpdate): AppUpdate {
  const problem = obstacle(session);
  return problem === undefined ? update : reject(state, problem);
}

function call(work: Work, requested: RoomCall): AppUpdate {
  const { state, done } = work;
  return listed(work, [
    { ...done, notice: 'One moment…' },
    [{ type: 'room-call', call: requested, from: state.room }],
  ]);
}

/** A room of the user; the newest one, if an archived room had the same name. */
function ownRoom({ rooms }: Conversation, name: string): RoomView | undefined {
  const named = [...rooms.values()].map(({ room }) => room).filter((room) => room.name === name);
  return named.find(({ archived }) => !archived) ?? named.at(-1);
}

/** The room that the argument names, by default the current one. Throws `usage`. */
function roomOf({ session, argument }: Work): RoomView {
  if (argument === '') return session.room;
  const name = newRoomName(argument);
  const room = ownRoom(session, name);
  if (room) return room;
  const names = [...session.rooms.values()].map((each) => each.room.name);
  const closest = closestName(name, names);
  throw new ChatError('usage', `You are not in #${name}`, {
    hint: closest === undefined ? 'Its name is that of a room you have joined.' : `Did you mean #${closest}?`,
  });
}

function join(work: Work): AppUpdate {
  const { done, session, argument } = work;
  if (argument.startsWith('@')) return openDirect(work, 'query');
  const name = newRoomName(argument);
  const room = ownRoom(session, name);
  return room ? openRoom(done, room.number) : call(work, { what: 'join', room: name });
}

function create(work: Work): AppUpdate {
  const { state, session, argument } = work;
  const [given = '', kind = 'open', ...others] = argument.split(/\s+/);
  if (others.length > 0 || !['open', 'closed'].includes(kind)) return reject(state, usageNotice('create'));
  const name = newRoomName(given);
  const room = ownRoom(session, name);
  if (room && !room.archived) return reject(state, `You are in #${name} already. /join #${name} opens it.`);
  return call(work, { what: 'create', name, isClosed: kind === 'closed' });
}

/** A direct room that is known opens at once, even without a connection: its messages wait in the outbox. */
function openDirect(work: Work, command: 'msg' | 'query'): AppUpdate {
  const { state, done, session, argument } = work;
  const [, list = '', written = ''] = /^(\S*)\s?([\s\S]*)$/.exec(argument) ?? [];
  if (command === 'query' && written !== '') return reject(state, usageNotice('query'));
  const names = list.split(',').map(userName);
  if (names.includes('')) return reject(state, usageNotice(command));
  if (names.every((name) => isSameName(name, session.user))) return reject(state, 'That is your own name.');
  const text = written.trim() === '' ? undefined : encodeText(written);
  const problem = text && sizeProblem(text, session);
  if (problem !== undefined) return reject(state, problem);
  const wanted = nameSet([...names, session.user]);
  const known = [...session.rooms.values()].find(
    ({ room }) => room.type === roomType.direct && nameSet(room.participants) === wanted,
  );
  if (!known) return call(work, { what: 'direct', names, text });
  const { number } = known.room;
  const [opened, effects] = openRoom(done, number);
  return [opened, text ? [...effects, sendTo(number, text)] : effects];
}

/** `anna` for `@anna`, and for a name that was completed at the start of a draft. */
function userName(word: string): string {
  return word.replace(/^@/, '').replace(/[:,]$/, '');
}

/** Why a text is too long for a message, if it is. */
export function sizeProblem(
  { length }: Uint8Array,
  session: Pick<Conversation, 'limits'> | undefined,
): string | undefined {
  const limit = session?.limits.maxTextBytes ?? Infinity;
  if (length <= limit) return undefined;
  const sizes = `${formatByteSize(length)}, the limit is ${formatByteSize(limit)}`;
  return `The text has ${sizes}: shorten it, or send it in parts.`;
}

function leave(work: Work): AppUpdate {
  const { state, argument } = work;
  const room = roomOf(work);
  if (room.number === lobby) return reject(state, 'The lobby is the room of all users: it cannot be left.');
  if (room.type === roomType.direct)
    return reject(state, 'A direct room cannot be left: /hide removes it from the list.');
  // Named on purpose, or with others who can invite: nothing is lost by a slip.
  if (room.type === roomType.closed && room.memberCount <= 1 && argument === '') {
    const label = `#${room.name}`;
    return reject(state, `After you, no one can read ${label} again. To leave anyway: /leave ${label}`);
  }
  return call(work, { what: 'leave', room });
}

const noTopic = '""';

function topic(work: Work): AppUpdate {
  const { state, done, session, argument } = work;
  const { room } = session;
  if (argument !== '') {
    return call(work, { what: 'update', room, change: { topic: argument === noTopic ? '' : argument } });
  }
  const label = roomLabel(room, session.user);
  if (room.topic !== '') return [{ ...done, notice: `${label}: ${room.topic}` }, []];
  const canHave = room.number !== lobby && room.type !== roomType.direct;
  const how = canHave ? ` ${usageNotice('topic')}` : '';
  return canHave || obstacle(session) === undefined
    ? [{ ...done, notice: `${label} has no topic.${how}` }, []]
    : reject(state, obstacle(session) ?? '');
}

function archive(work: Work, archived: boolean): AppUpdate {
  const { state, session } = work;
  const room = roomOf(work);
  const label = roomLabel(room, session.user);
  if (room.archived === archived)
    return reject(state, archived ? `${label} is archived already.` : `${label} is not archived.`);
  return call(work, { what: 'update', room, change: { archived } });
}

function changeMember(work: Work, command: 'invite' | 'kick'): AppUpdate {
  const { state, session, argument } = work;
  const { room } = session;
  const name = userName(argument);
  if (name === '' || /\s/.test(name)) return reject(state, usageNotice(command));
  if (room.number === lobby && obstacle(session) === undefined)
    return reject(state, 'All users are in the lobby, always. /join #ROOM opens another room.');
  if (command === 'kick' && isSameName(name, session.user))
    return reject(state, 'To end your own membership: /leave');
  return call(work, { what: command === 'invite' ? 'invite' : 'remove', room, name });
}
