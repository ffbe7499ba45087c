import type { ChatError } from '../../../shared/errors.js';
import { contentType, lobby, roomRole, roomType } from '../../../shared/message.js';
import type { RoomView } from '../../../shared/room-answers.js';
import { closestName } from '../../connection/find-room.js';
import { sanitiseLine } from '../../terminal/text/sanitise.js';
import { completionNames } from '../conversation/user-names.js';
import { openRoom } from '../rooms/open-room.js';
import { roomLabel } from '../rooms/room-names.js';
import type { AppEffect, AppEvent, AppUpdate, RoomCall } from '../state/app-event.js';
import type { AppState } from '../state/app-state.js';

/** A call about rooms succeeded: says what happened and how to undo it, and goes to a room that was asked for. */
export function roomCalled(
  state: AppState,
  { call, from, room }: Extract<AppEvent, { type: 'room-called' }>,
): AppUpdate {
  const user = state.session?.user ?? '';
  const opens = room && (call.what === 'join' || call.what === 'create' || call.what === 'direct');
  if (!opens) return [{ ...state, notice: sanitiseLine(doneText(call, user)) }, []];
  const sends = call.what === 'direct' && call.text ? [sendTo(room.number, call.text)] : [];
  const label = roomLabel(room, user);
  // Someone who writes elsewhere by now stays there.
  const canOpen =
    state.room === from && state.mode.type === 'conversation' && state.composer.editor.text === '';
  const done = openedText(call, room, label);
  if (!canOpen) {
    const command =
      room.type === roomType.direct ? `/query ${label.replaceAll(/[@ ]/g, '')}` : `/join ${label}`;
    return [{ ...state, notice: `${done} ${command} opens it.`.trimStart() }, sends];
  }
  const [opened, effects] = openRoom(state, room.number);
  return [{ ...opened, notice: done === '' ? undefined : done }, [...effects, ...sends]];
}

/** Sends a text to a room. */
export function sendTo(room: number, content: Uint8Array): AppEffect {
  return { type: 'submit', contentType: contentType.text, content, room };
}

function openedText(call: RoomCall, room: RoomView, label: string): string {
  if (call.what === 'join') return `Joined ${label}.`;
  if (call.what !== 'create') return '';
  return room.type === roomType.closed
    ? `Created ${label}, a closed room. /invite NAME adds a member.`
    : `Created ${label}. Everyone can find and join it.`;
}

function doneText(call: RoomCall, user: string): string {
  switch (call.what) {
    case 'join':
    case 'create':
    case 'direct':
      return '';
    case 'leave': {
      const label = `#${call.room.name}`;
      if (call.room.type !== roomType.closed) return `Left ${label}. /join ${label} returns to it.`;
      return call.room.memberCount > 1
        ? `Left ${label}. It is closed: you can return when a member invites you.`
        : `Left ${label}. It has no members any more.`;
    }
    case 'invite':
      return `${call.name} is a member of ${roomLabel(call.room, user)} now. To undo: /kick ${call.name}`;
    case 'remove':
      return `Removed ${call.name} from ${roomLabel(call.room, user)}. To undo: /invite ${call.name}`;
    case 'update':
      return changedText(roomLabel(call.room, user), call);
  }
}

function changedText(label: string, { room, change }: Extract<RoomCall, { what: 'update' }>): string {
  const { name, topic, archived } = change;
  if (name !== undefined) return `Renamed ${label} to #${name}. To undo: /rename ${room.name}`;
  if (topic !== undefined)
    return topic === '' ? `Removed the topic of ${label}.` : `Set the topic of ${label}.`;
  return archived === true
    ? `Archived ${label}: it can be read, but not written. To undo: /unarchive`
    : `Opened ${label} again.`;
}

/** Why a call about rooms failed, and what to try next. */
export function failureText(state: AppState, call: RoomCall, reason: ChatError): string {
  const { code, message, hint } = reason;
  if (code === 'unsupported') return 'This server has a single room.';
  const taken = code === 'already-exists' ? takenText(call) : undefined;
  if (taken !== undefined) return taken;
  const step = hint ?? nextStep(state, call, reason);
  const sentence = message.replace(/^[a-z](?=[a-z]* )/, (letter) => letter.toUpperCase());
  return sanitiseLine(step === undefined ? sentence : `${sentence}. ${step}`);
}

/** Shorter than the words of the server, with a next step, so that it fits into a row. */
function takenText(call: RoomCall): string | undefined {
  const name = call.what === 'create' ? call.name : call.what === 'update' ? call.change.name : undefined;
  if (name !== undefined) return `The name #${name} is taken, perhaps by a closed room: choose another one.`;
  if (call.what !== 'update') return undefined;
  return `The name #${call.room.name} is taken by another room now: rename that one first.`;
}

function nextStep(state: AppState, call: RoomCall, { code }: ChatError): string | undefined {
  const room =
    call.what === 'update' || call.what === 'remove' || call.what === 'invite' ? call.room : undefined;
  const isPlain = room !== undefined && room.number !== lobby && room.type !== roomType.direct;
  switch (code) {
    case 'not-permitted':
      return isPlain && room.role !== roomRole.moderator ? 'Its moderators: /names' : undefined;
    case 'room-archived':
      return `A moderator can open it again${room ? ': /unarchive' : '.'}`;
    case 'not-found': {
      if (call.what === 'remove') return 'Its members: /names';
      const names = call.what === 'direct' ? call.names : call.what === 'invite' ? [call.name] : [];
      const known = completionNames(state);
      const closest = names.flatMap((name) => closestName(name, known) ?? []).at(0);
      return closest === undefined ? undefined : `Did you mean ${closest}?`;
    }
    case 'timed-out':
    case 'may-not-have-arrived':
      return 'It may have happened all the same.';
    case 'unreachable':
      return 'Try again once the connection is back.';
    default:
      return undefined;
  }
}
