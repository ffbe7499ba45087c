import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { accounts, attempts, perform, performed, startedLog } from '../../../test/support/room-attempts.js';
import { roomRole, roomType } from '../../shared/message.js';
import { encodeRooms } from './room-state-codec.js';
import { createRooms } from './room-state.js';
import type { Rooms } from './rooms.js';

/** As text, which is compared faster. */
function snapshot(rooms: Rooms): string {
  return JSON.stringify(
    {
      all: [...rooms.all()],
      of: accounts.map((account) => [...rooms.of(account)].sort()),
      former: accounts.map((account) => [...rooms.former(account)].sort()),
      created: accounts.map((account) => [rooms.createdBy(account), rooms.directCreatedBy(account)]),
      names: ['x', 'y', 'z'].map((name) => rooms.named(name)?.number),
    },
    (_, value: unknown) => (value instanceof Map ? [...(value as Map<string, unknown>)] : value),
    1,
  );
}

describe('the fold', () => {
  test('leads to the same state from the same entries, also from a state saved in between', () => {
    fc.assert(
      fc.property(attempts, fc.nat(40), (steps, savedAfter) => {
        const log = performed(steps);
        let rooms = createRooms();
        for (const [index, entry] of log.entries.entries()) {
          if (index === savedAfter) rooms = createRooms(encodeRooms(rooms));
          rooms.apply(entry);
        }
        expect(snapshot(rooms)).toBe(snapshot(log.rooms));
        expect(Buffer.compare(encodeRooms(rooms), encodeRooms(log.rooms))).toBe(0);
      }),
    );
  });

  test('is not changed by a void entry, apart from the list of these', () => {
    fc.assert(
      fc.property(attempts, (steps) => {
        const log = startedLog(steps);
        for (const step of steps) {
          const before = snapshot(log.rooms);
          const voidsBefore = [...log.rooms.voids()];
          perform(log, step);
          const last = log.rooms.upTo();
          if (!log.rooms.isVoid(last)) continue;
          expect(snapshot(log.rooms)).toBe(before);
          expect([...log.rooms.voids()]).toEqual([...voidsBefore, last]);
        }
      }),
    );
  });

  test('gives every room with members a moderator, and no name to two rooms', () => {
    fc.assert(
      fc.property(attempts, (steps) => {
        const { rooms } = performed(steps);
        const names = new Set<string>();
        for (const { name, type, archived, members, number } of rooms.all()) {
          if (type === roomType.direct) continue;
          const roles = [...members.values()].map(({ role }) => role);
          if (roles.length > 0) expect(roles).toContain(roomRole.moderator);
          if (archived) continue;
          expect(names).not.toContain(name);
          names.add(name);
          expect(rooms.named(name)?.number).toBe(number);
        }
      }),
    );
  });
});
