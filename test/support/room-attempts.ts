import fc from 'fast-check';
import { memberChange, past, roomChange, roomRole, roomType } from '../../src/shared/message.js';
import { RoomLog } from './room-log.js';

export const accounts = ['A', 'B', 'C', 'D'];

/** A change or a message, allowed or not. `pick`: mostly in one of the first two rooms. */
const attempt = fc.record({
  actor: fc.constantFrom(...accounts),
  account: fc.constantFrom(...accounts),
  pick: fc.nat(15),
  what: fc.oneof(
    fc.constant('write' as const),
    fc.constantFrom(...(Object.keys(roomChange) as (keyof typeof roomChange)[])),
    ...Array.from({ length: 3 }, () =>
      fc.constantFrom(...(Object.keys(memberChange) as (keyof typeof memberChange)[])),
    ),
  ),
  name: fc.constantFrom('x', 'y', 'z', 'Bad'),
  members: fc.subarray(accounts).map((ids) => ids.join('')),
  type: fc.constantFrom(...Object.values(roomType)),
  past: fc.constantFrom(...Object.values(past)),
  role: fc.constantFrom(...Object.values(roomRole)),
  /** 0: permanently. */
  forMs: fc.constantFrom(0, 1, 5, 20),
  elapsedMs: fc.nat(3),
  /** Makes most of them allowed. */
  byModerator: fc.integer({ min: 0, max: 3 }).map((value) => value > 0),
});

type Attempt = typeof attempt extends fc.Arbitrary<infer Value> ? Value : never;

export const attempts = fc.array(attempt, { minLength: 1, maxLength: 40 });

export function perform(log: RoomLog, step: Attempt): void {
  log.now += step.elapsedMs;
  const numbers = [...log.rooms.all()].map(({ number }) => number);
  const room = step.pick < 12 ? 1 + (step.pick % 2) : (numbers[step.pick % numbers.length] ?? 0);
  const { what, name, type, account } = step;
  const moderator = [...(log.rooms.get(room)?.members ?? [])].find(([, { role }]) => role === 1)?.[0];
  const actor = (step.byModerator ? moderator : undefined) ?? step.actor;
  if (what === 'write') log.write(actor, room);
  else if (what === 'created') {
    const isDirect = type === roomType.direct;
    const members = isDirect ? `${actor}${step.members}` : step.members;
    try {
      log.create(actor, isDirect ? '' : name, { type, past: step.past, members });
    } catch {
      // It is void.
    }
  } else if (what in roomChange) log.change(actor, room, what as keyof typeof roomChange, name);
  else {
    const until = step.forMs && log.now + step.forMs;
    const own = what === 'joined' || what === 'left';
    log.member(
      own ? step.actor : actor,
      room,
      what as keyof typeof memberChange,
      own ? step.actor : account,
      {
        until,
        role: step.role,
      },
    );
  }
}

/** With an open and a closed room. */
export function startedLog([first]: readonly Attempt[]): RoomLog {
  const log = new RoomLog();
  log.create('A', 'x', { members: 'B' });
  log.create('B', 'y', { members: 'A', type: roomType.closed, past: first?.past ?? past.all });
  return log;
}

export function performed(steps: readonly Attempt[]): RoomLog {
  const log = startedLog(steps);
  for (const step of steps) perform(log, step);
  return log;
}
