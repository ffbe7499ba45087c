import { isSameName } from '../../shared/fold-text.js';
import { memberChange, messageKind, roomChange, roomRole, type Message } from '../../shared/message.js';
import { decodeText } from '../../shared/text.js';
import { sanitiseLine } from '../terminal/text/sanitise.js';
import {
  encodeLine,
  indentedText,
  lineVersion,
  oneWord,
  timeText,
  type LineRoom,
  type Reading,
} from './message-line.js';

type Change = {
  readonly what: string;
  readonly text: string;
  readonly name?: string;
  readonly topic?: string;
};

/** How an event is read; `room`: where it happened. */
export type EventReading = Pick<Reading, 'user' | 'replay'> & { readonly room: LineRoom };

/**
 * A line for an entry that changed the room, its members or a message; undefined for any other. Safe to show in a
 * terminal.
 */
export function eventLine(
  message: Message,
  { user, replay, room }: EventReading,
  format: 'plain' | 'json',
): string | undefined {
  const event = messageChangeOf(message) ?? roomEventOf(message);
  if (!event) return undefined;
  const { sequence, timestamp, from } = message;
  if (format === 'json') {
    const place = { room: room.name, roomNumber: room.number };
    const { type, values } = event;
    const common = { v: lineVersion, type, sequence, timestamp, from, self: isSameName(from, user), replay };
    return encodeLine({ ...common, ...place, ...values });
  }
  const label = room.label === undefined ? '' : `${oneWord(room.label)} `;
  return `${timeText(timestamp)} ${label}* ${event.text}`;
}

/** `text`: for a plain line, sanitised; `values`: what the JSON line has besides the common keys. */
type Event = {
  readonly type: 'room' | 'member' | 'edit' | 'delete' | 'react';
  readonly text: string;
  readonly values: Readonly<Record<string, unknown>>;
};

function roomEventOf(message: Message): Event | undefined {
  const change = changeOf(message);
  if (!change) return undefined;
  const { what, text, name, topic } = change;
  const type = message.detail?.kind === messageKind.room ? 'room' : 'member';
  return { type, text: sanitiseLine(text), values: { what, name, topic } };
}

/** An edit, a deletion or a reaction. Its content may have been removed since: then a later change replaced it. */
function messageChangeOf({ from, content, detail }: Message): Event | undefined {
  if (detail?.target === undefined || detail.deleted) return undefined;
  const { target, mentions, emoji = [] } = detail;
  const name = sanitiseLine(from);
  switch (detail.kind) {
    case messageKind.edit: {
      const text = decodeText(content);
      const values = { target, mentions, text };
      return { type: 'edit', text: `${name} edited message ${target}: ${indentedText(text)}`, values };
    }
    case messageKind.delete:
      return { type: 'delete', text: `${name} deleted message ${target}`, values: { target } };
    case messageKind.react: {
      const text =
        emoji.length > 0
          ? `reacted to message ${target} with ${emoji.map(oneWord).join(' ')}`
          : `removed their reactions from message ${target}`;
      return { type: 'react', text: `${name} ${text}`, values: { target, emoji } };
    }
    default:
      return undefined;
  }
}

/** What changed the room or its members, as a sentence on one line; undefined for any other entry. Sanitised. */
export function changeText(message: Message): string | undefined {
  const change = changeOf(message);
  return change && sanitiseLine(change.text);
}

function changeOf({ from, detail }: Message): Change | undefined {
  if (detail?.roomChange) return changeOfRoom(from, detail.roomChange.what, detail.roomChange);
  if (!detail?.memberChange) return undefined;
  const { what, name, role } = detail.memberChange;
  return changeOfMember(from, name, what, role);
}

function changeOfRoom(
  from: string,
  what: number,
  { name, topic }: { readonly name: string; readonly topic: string },
): Change | undefined {
  switch (what) {
    case roomChange.created:
      return { what: 'created', name, topic, text: `${from} created the room` };
    case roomChange.renamed:
      return { what: 'renamed', name, text: `${from} renamed the room to ${name}` };
    case roomChange.topic: {
      const text = topic === '' ? `${from} removed the topic` : `${from} set the topic: ${topic}`;
      return { what: 'topic', topic, text };
    }
    case roomChange.archived:
      return { what: 'archived', text: `${from} archived the room` };
    case roomChange.unarchived:
      return { what: 'unarchived', text: `${from} opened the room again` };
    default:
      return undefined;
  }
}

const byOthers: Readonly<Record<number, string>> = {
  [memberChange.invited]: 'invited',
  [memberChange.removed]: 'removed',
  [memberChange.banned]: 'banned',
  [memberChange.unbanned]: 'unbanned',
  [memberChange.muted]: 'muted',
  [memberChange.unmuted]: 'unmuted',
};

function changeOfMember(from: string, name: string, what: number, role: number): Change | undefined {
  if (what === memberChange.joined) return { what: 'joined', name, text: `${name || from} joined` };
  if (what === memberChange.left) return { what: 'left', name, text: `${name || from} left` };
  if (what === memberChange.role) {
    const now = role === roomRole.moderator ? 'moderator' : 'member';
    return { what: now, name, text: `${from} made ${name} a ${now}` };
  }
  const verb = byOthers[what];
  return verb === undefined ? undefined : { what: verb, name, text: `${from} ${verb} ${name}` };
}
