import { isSameName } from '../../shared/fold-text.js';
import type { Message } from '../../shared/message.js';
import { typingTimesMs, type Typing } from '../../shared/presence-update.js';
import type { Update } from './effects.js';
import { withRoom, type RoomState, type SessionState } from './state.js';

/** More are not named. */
const maxTypists = 20;

/** Users began or stopped to type. `nowMs`: monotonic. */
export function typingArrived(state: SessionState, notices: readonly Typing[], nowMs: number): Update {
  let next = state;
  for (const { room: number, name, stopped } of notices) {
    const room = next.rooms.get(number);
    if (!room || isSameName(name, state.user)) continue;
    const others = without(room.typing, name);
    const typist = { name, untilMs: nowMs + typingTimesMs.expiry };
    const typing = stopped ? others : [...others, typist].slice(-maxTypists);
    if (typing.length > 0 || room.typing.length > 0) next = withRoom(next, number, { typing });
  }
  return [next, next === state ? [] : waitForNext(next, nowMs)];
}

/** Time has passed: a client that sends no further notice has stopped. */
export function typingExpired(state: SessionState, nowMs: number): Update {
  let next = state;
  for (const [number, { typing }] of state.rooms) {
    const left = typing.filter(({ untilMs }) => untilMs > nowMs);
    if (left.length < typing.length) next = withRoom(next, number, { typing: left });
  }
  return [next, waitForNext(next, nowMs)];
}

/** Whoever has sent a message no longer types it. */
export function typingAfter(typing: RoomState['typing'], messages: readonly Message[]): RoomState['typing'] {
  if (typing.length === 0) return typing;
  const left = typing.filter(({ name }) => !messages.some(({ from }) => isSameName(from, name)));
  return left.length === typing.length ? typing : left;
}

function without(typing: RoomState['typing'], name: string): RoomState['typing'] {
  return typing.filter((typist) => !isSameName(typist.name, name));
}

function waitForNext({ rooms }: SessionState, nowMs: number): Update[1] {
  const ends = [...rooms.values()].flatMap(({ typing }) => typing.map(({ untilMs }) => untilMs));
  if (ends.length === 0) return [];
  return [{ type: 'wait', timer: 'typing', milliseconds: Math.max(0, Math.min(...ends) - nowMs) }];
}
