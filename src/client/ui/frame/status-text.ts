import { foldText } from '../../../shared/fold-text.js';
import { roomType } from '../../../shared/message.js';
import type { Conversation } from '../../session/state.js';
import { sanitiseLine } from '../../terminal/text/sanitise.js';
import { textWidth, truncate } from '../../terminal/text/text-width.js';
import { roomLabel } from '../rooms/room-names.js';
import { hasSeveralRooms } from '../rooms/room-order.js';
import type { AppState } from '../state/app-state.js';

/** The parts of the status line: `USER @ ADDRESS`, `connected`, `3 online`. Unknown parts are empty. */
export type StatusText = { readonly who: string; readonly phase: string; readonly online: string };

/** What the status line says about the room: `#ops`, `14 members`, the topic. Unknown parts are empty. Sanitised. */
export type RoomHeader = { readonly name: string; readonly members: string; readonly topic: string };

/** The room of the status line as far as it fits: its name, and the rest. */
export type RoomText = { readonly name: string; readonly rest: string };

/** Undefined if there is only one room. */
export function roomHeader({ session }: AppState): RoomHeader | undefined {
  if (!session || !hasSeveralRooms(session)) return undefined;
  const { room, user } = session;
  const { type, topic, memberCount, archived } = room;
  const count = memberCount === 1 ? '1 member' : `${memberCount} members`;
  const members = type === roomType.direct || memberCount === 0 ? '' : count;
  return {
    name: roomLabel(room, user),
    members: [archived ? 'archived' : '', members].filter((part) => part !== '').join(separator),
    topic: sanitiseLine(topic),
  };
}

/** The texts of the status line for a state. */
export function statusText({ session, mode, address }: AppState, now: number): StatusText {
  // The login screen shows itself whether an attempt is running.
  if (!session)
    return { who: sanitiseLine(address), phase: mode.type === 'login' ? '' : 'connecting', online: '' };
  const { phase, online } = session;
  return {
    who: sanitiseLine(`${session.user} @ ${addressText(address, session)}`),
    phase: phaseText(session, now),
    online: online && phase.type === 'live' ? `${online.length} online` : '',
  };
}

const separator = ' · ';
const minLabelCells = 12;
const labelFromColumns = 50;

/** The label if the status line has space for it, else nothing. */
export function labelFor(columns: number, label: string): string {
  return columns >= labelFromColumns ? label : '';
}

/** The parts that fit into a row; the state of the connection is removed last, the name of the room before it. */
export function fitStatus(
  status: StatusText,
  columns: number,
  label: string,
  room?: RoomHeader,
): StatusText & { readonly room?: RoomText } {
  const labelCells = label === '' ? 0 : Math.max(minLabelCells, textWidth(label) + separator.length);
  const width = Math.max(1, columns - 2 - labelCells);
  if (!room) return fitLeft(status, width);
  const phaseCells = textWidth(status.phase);
  const nameCells = Math.min(textWidth(room.name), maxRoomNameCells);
  const left = fitLeft(status, Math.min(width, Math.max(phaseCells, width - gap - nameCells)));
  const text = fitRoom(room, width - gap - leftCells(left));
  const isWhole = text.rest === restOf(room);
  // The number of users online gives way to the topic.
  if (isWhole || left.online === '') return { ...left, room: text };
  const withoutOnline = { ...left, online: '' };
  return { ...withoutOnline, room: fitRoom(room, width - gap - leftCells(withoutOnline)) };
}

const minWhoCells = 5;
const gap = 3;
const maxRoomNameCells = 24;
const minRoomNameCells = 4;
const minTopicCells = 8;

function leftCells({ who, phase, online }: StatusText): number {
  const parts = [who, phase, online].filter((part) => part !== '');
  return textWidth(parts.join(separator));
}

function fitLeft({ who, phase, online }: StatusText, width: number): StatusText {
  const rest = phase === '' ? 0 : textWidth(phase) + separator.length;
  const withOnline = online === '' ? rest : rest + textWidth(online) + separator.length;
  if (textWidth(who) + withOnline <= width) return { who, phase, online };
  const availableCells = width - rest;
  return availableCells < minWhoCells
    ? { who: '', phase: truncate(phase, width), online: '' }
    : { who: truncate(who, availableCells), phase, online: '' };
}

function restOf({ members, topic }: RoomHeader): string {
  return [members, topic].map((part) => (part === '' ? '' : separator + part)).join('');
}

function fitRoom(room: RoomHeader, cells: number): RoomText {
  const name = truncate(room.name, Math.min(cells, maxRoomNameCells));
  if (cells < Math.min(minRoomNameCells, textWidth(room.name))) return { name: '', rest: '' };
  const available = cells - textWidth(name);
  const rest = restOf(room);
  if (textWidth(rest) <= available) return { name, rest };
  const members = restOf({ ...room, topic: '' });
  if (textWidth(members) > available) return { name, rest: '' };
  const topicCells = available - textWidth(members) - separator.length;
  return { name, rest: topicCells < minTopicCells ? members : truncate(rest, available) };
}

/** The given address; of several, the one in use. */
function addressText(given: string, { phase, server }: Conversation): string {
  if (server === undefined || phase.type !== 'live') return given;
  return given.includes(',') ? server.address : `${given} (${server.address})`;
}

const maxNamedTypists = 3;

/** `ben is typing…`; undefined if no one is, or the user does not want to know. */
export function typingText({ session, preferences }: AppState): string | undefined {
  if (!session || session.typing.length === 0 || preferences.typing === 'off') return undefined;
  const names = session.typing
    .filter(({ name }) => !preferences.ignored.includes(foldText(name)))
    .map(({ name }) => truncate(sanitiseLine(name), maxTypistCells));
  const [first] = names;
  if (first === undefined) return undefined;
  if (names.length === 1) return `${first} is typing…`;
  const isNamed = names.length <= maxNamedTypists;
  const named = isNamed ? names.slice(0, -1) : names.slice(0, maxNamedTypists - 1);
  const last = isNamed ? names.at(-1) : `${names.length - named.length} others`;
  return `${named.join(', ')} and ${last} are typing…`;
}

const maxTypistCells = 16;

/** Why messages do not reach the log although the server answers; undefined if nothing is known against it. */
export function deliveryProblem({ phase, storageProblem, outbox }: Conversation): string | undefined {
  if (phase.type !== 'live') return undefined;
  if (storageProblem !== undefined) return `the server cannot store messages: ${storageProblem}`;
  const reason = outbox.paused?.reason;
  // A pause because of the rate ends by itself within seconds.
  return reason && reason.code !== 'rate-limited' ? `cannot send: ${reason.message}` : undefined;
}

function phaseText(session: Conversation, now: number): string {
  const { phase } = session;
  switch (phase.type) {
    case 'live': {
      const problem = deliveryProblem(session);
      return problem === undefined ? 'connected' : sanitiseLine(`connected · ${problem}`);
    }
    case 'reconnecting': {
      const seconds = phase.retryAt === undefined ? 0 : Math.ceil((phase.retryAt - now) / 1000);
      return `reconnecting${seconds > 0 ? ` in ${seconds} s` : ''}, attempt ${phase.attempt}`;
    }
    case 'connecting':
    case 'refused':
    case 'closed':
      return phase.type;
  }
}
