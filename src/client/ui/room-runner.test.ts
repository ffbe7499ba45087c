import { expect, test } from '@jest/globals';
import { manualClock } from '../../../test/support/manual-clock.js';
import { roomNamed } from '../../../test/support/app-driver.js';
import { ChatError } from '../../shared/errors.js';
import { onAbort } from '../../shared/async/on-abort.js';
import type { RoomCalls } from '../connection/port.js';
import type { RoomReport } from '../session/events.js';
import type { Session } from '../session/session.js';
import { createRoomRunner } from './room-runner.js';
import type { AppEvent } from './state/app-event.js';

const ops = roomNamed(7, 'ops');
const leave = { type: 'room-call', call: { what: 'leave', room: ops }, from: 7 } as const;
const archive = { what: 'update', room: ops, change: { archived: true } } as const;

/** A runner for a session with these calls; `log`: what the session and the screen get, in their order. */
function runner(calls: Partial<RoomCalls>) {
  const clock = manualClock();
  const log: (AppEvent | RoomReport)[] = [];
  const dispatch = (event: AppEvent | RoomReport) => void log.push(event);
  const sessions = { session: { rooms: calls, dispatch } as unknown as Session | undefined };
  return { clock, log, sessions, rooms: createRoomRunner({ sessions, clock, dispatch }) };
}

/** Never answers. */
function silent(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => onAbort(signal, () => reject(new ChatError('cancelled', 'cancelled'))));
}

test('a change reaches the session before the screen', async () => {
  const { clock, log, rooms } = runner({ leave: () => Promise.resolve() });
  rooms.call(leave);
  await clock.advance(0);
  expect(log.map(({ type }) => type)).toEqual(['room-gone', 'room-called']);
});

test('a call without an answer ends, and the next one begins', async () => {
  const { clock, log, rooms } = runner({
    leave: (_, signal) => silent(signal),
    update: () => Promise.resolve(ops),
  });
  rooms.call({ ...leave, command: { text: '/leave', room: 7 } });
  rooms.call({ type: 'room-call', call: archive, from: 7 });
  await clock.advance(29_000);
  expect(log).toEqual([]);
  await clock.advance(1000);
  expect(log).toMatchObject([
    { type: 'room-call-failed', reason: { code: 'timed-out' }, command: { text: '/leave', room: 7 } },
    { type: 'room-known' },
    { type: 'room-called', call: archive },
  ]);
});

test('an answer for a session that was replaced is dropped', async () => {
  const { clock, log, sessions, rooms } = runner({
    leave: () => {
      sessions.session = undefined;
      return Promise.resolve();
    },
  });
  rooms.call(leave);
  await clock.advance(0);
  expect([log, sessions.session]).toEqual([[], undefined]);
});

test('a list has all pages up to its limit, and another list stops it', async () => {
  const browse = (_: string, after: string) => Promise.resolve({ items: [ops, ops], next: `${after}+` });
  const { clock, log, rooms } = runner({
    browse,
    members: (_, __, signal) => silent(signal),
  });
  rooms.listRooms(5);
  await clock.advance(0);
  expect(log.at(-1)).toMatchObject({ type: 'rooms-listed', end: 'full', rooms: { length: 5 } });
  rooms.listMembers(7, 5);
  const before = log.length;
  rooms.listRooms(2);
  await clock.advance(60_000);
  expect(log.slice(before).map(({ type }) => type)).toEqual(['rooms-listed']);
});
