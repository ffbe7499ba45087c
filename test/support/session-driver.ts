import { ChatError, type ErrorCode } from '../../src/shared/errors.js';
import { contentType, lobby, type Message } from '../../src/shared/message.js';
import { encodeText } from '../../src/shared/text.js';
import type { Opened } from '../../src/client/connection/port.js';
import type { Effect } from '../../src/client/session/effects.js';
import type { RoomDraft } from '../../src/client/session/outbox.js';
import type { SessionEvent } from '../../src/client/session/events.js';
import {
  initialState,
  itemAt,
  itemCount,
  seenFrom,
  type Conversation,
  type SessionState,
} from '../../src/client/session/state.js';
import { update } from '../../src/client/session/update.js';

export function inLobby(session: SessionState): Conversation {
  return seenFrom(session, lobby);
}

/** The wall clock at the start of a driven session. */
const start = Date.UTC(2026, 10, 22);

/** Drives a session by events; `state` is as seen from the lobby, `effects` are those of the last event. */
export function drive(...events: readonly SessionEvent[]): {
  readonly state: Conversation;
  session: SessionState;
  effects: readonly Effect[];
  then(next: SessionEvent, afterMs?: number): void;
  /** Moves the wall clock forward or (if negative) back. */
  jump(milliseconds: number): void;
} {
  let now = 0;
  let wallOffset = start;
  const driven = {
    session: initialState('user1'),
    get state() {
      return inLobby(driven.session);
    },
    effects: [] as readonly Effect[],
    then(event: SessionEvent, afterMs = 0) {
      now += afterMs;
      const moment = { now, wall: wallOffset + now, random: 0.5, isMention: () => false };
      [driven.session, driven.effects] = update(driven.session, event, moment);
    },
    jump(milliseconds: number) {
      wallOffset += milliseconds;
    },
  };
  for (const event of events) driven.then(event);
  return driven;
}

/** The server answers; by default as `chat serve` does. */
export function opened(changes: Partial<Opened> = {}): SessionEvent {
  const ours = { logId: 'log', head: 0, resumed: false, maxTextBytes: undefined, maxImageBytes: undefined };
  return { type: 'opened', opened: { type: 'opened', ...ours, ...changes } };
}

/** A server without a log answers. */
export const openedElsewhere = opened({ logId: undefined, head: undefined });

/** A draft whose text is its id. */
export function draft(id: string): RoomDraft {
  return { room: lobby, id, timestamp: start, type: contentType.text, content: encodeText(id) };
}

export function submit(id: string): SessionEvent {
  return { type: 'submit', draft: draft(id) };
}

/** A text of another user. */
export function message(sequence: number, changes: Partial<Message> = {}): Message {
  const content = encodeText(`message ${sequence}`);
  return { sequence, id: '', from: 'user2', timestamp: start, type: contentType.text, content, ...changes };
}

export function received(...messages: readonly Message[]): SessionEvent {
  return { type: 'received', messages };
}

/** An own text as the server sends it back. */
export function echo(sequence: number, id: string, changes: Partial<Message> = {}): Message {
  const { room, ...sent } = draft(id);
  if (room !== lobby) throw new Error('only the lobby is driven');
  return { ...sent, sequence, from: 'user1', ...changes };
}

export function lost(code: ErrorCode = 'unreachable', retryAfterMs?: number): SessionEvent {
  const details = retryAfterMs === undefined ? {} : { retryAfterMs };
  return { type: 'lost', reason: new ChatError(code, code, details) };
}

export function sendFailed(id: string, code: ErrorCode, retryAfterMs?: number): SessionEvent {
  const details = retryAfterMs === undefined ? {} : { retryAfterMs };
  return { type: 'send-failed', id, reason: new ChatError(code, code, details) };
}

/** The items of the list, each as `text: delivery state`. */
export function shown(state: Conversation): string[] {
  return Array.from({ length: itemCount(state) }, (_, index) => {
    const item = itemAt(state, index);
    if (!item) throw new Error('no item');
    return `${Buffer.from(item.message.content).toString()}: ${item.delivery.type}`;
  });
}

export function sentIds(effects: readonly Effect[]): string[] {
  return effects.flatMap((effect) => (effect.type === 'send' ? [effect.draft.id] : []));
}
