import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { accounts, attempts, perform, performed, startedLog } from '../../../test/support/room-attempts.js';
import { RoomLog } from '../../../test/support/room-log.js';
import { RoomModel } from '../../../test/support/room-model.js';
import { messageKind, past, roomType } from '../../shared/message.js';
import { canSee, firstVisible, isDelivered } from './visibility.js';

/** Has the name of `B`, whose account was removed. */
const successor = 'b-again';

describe('visibility', () => {
  test('agrees with a model that reads the whole log for every question', () => {
    fc.assert(
      fc.property(attempts, (steps) => {
        const log = startedLog(steps);
        const model = new RoomModel();
        for (const entry of log.entries) model.add(entry);
        for (const step of steps) {
          const before = log.entries.length;
          perform(log, step);
          for (const entry of log.entries.slice(before)) {
            expect({ void: log.rooms.isVoid(entry.sequence), step }).toEqual({
              void: !model.add(entry),
              step,
            });
          }
        }
        for (const { number } of [...log.rooms.all(), { number: 999 }]) {
          for (const account of [...accounts, successor]) {
            expect(firstVisible(log.rooms, account, number)).toBe(model.firstVisible(account, number));
          }
        }
      }),
    );
  });

  test('a former member of a closed room sees nothing but the end of the membership', () => {
    fc.assert(
      fc.property(attempts, (steps) => {
        const log = performed(steps);
        for (const room of log.rooms.all()) {
          if (room.type !== roomType.closed) continue;
          for (const [account, end] of room.former) {
            const seen = log.entries.filter(
              (entry) => entry.room === room.number && canSee(log.rooms, account, entry),
            );
            expect(seen.map(({ sequence }) => sequence)).toEqual([end]);
            expect(log.rooms.former(account).get(room.number)).toBe(end);
          }
        }
      }),
    );
  });

  test('void entries are seen by no account, entries of direct rooms by the participants, and all that is delivered', () => {
    fc.assert(
      fc.property(attempts, (steps) => {
        const { rooms, entries } = performed(steps);
        const wrong = accounts.flatMap((account) =>
          entries.filter((entry) => {
            const room = rooms.get(entry.room);
            const sees = canSee(rooms, account, entry);
            if (rooms.isVoid(entry.sequence)) return sees;
            if (room?.type === roomType.direct) return sees !== room.members.has(account);
            return isDelivered(rooms, account, entry) && !sees;
          }),
        );
        expect(wrong).toEqual([]);
      }),
    );
  });

  test('an account of a name that was used before inherits nothing', () => {
    fc.assert(
      fc.property(attempts, (steps) => {
        const { rooms, entries } = performed(steps);
        const valid = entries.filter(({ sequence }) => !rooms.isVoid(sequence));
        const open = valid.filter(({ room }) => rooms.get(room)?.type === roomType.open);
        expect(entries.filter((entry) => canSee(rooms, successor, entry))).toEqual(open);
        expect(entries.filter((entry) => isDelivered(rooms, successor, entry))).toEqual(
          valid.filter(({ room }) => room === 0),
        );
      }),
    );
  });
});

describe('a closed room', () => {
  function visibleTo(log: RoomLog, account: string, see = canSee) {
    return log.entries.filter((entry) => see(log.rooms, account, entry)).map(({ sequence }) => sequence);
  }

  test.each([
    ['from joining', past.fromJoining, [4, 5]],
    ['from the beginning', past.all, [1, 2, 3, 4, 5]],
  ])('shows a new member what is written %s', (_, seen, expected) => {
    const log = new RoomLog();
    const room = log.create('M', 'ops', { type: roomType.closed, past: seen });
    log.write('M', room);
    log.write('M', room);
    log.member('M', room, 'invited', 'A');
    log.write('M', room);
    expect(visibleTo(log, 'A')).toEqual(expected);
    expect(visibleTo(log, 'A', isDelivered)).toEqual([4, 5]);
    expect(visibleTo(log, 'B')).toEqual([]);
  });

  test('shows a member who was removed and invited again only what follows the invitation', () => {
    const log = new RoomLog();
    const room = log.create('M', 'ops', { type: roomType.closed, members: 'A' });
    log.write('M', room);
    log.member('M', room, 'removed', 'A');
    log.write('M', room);
    expect(visibleTo(log, 'A')).toEqual([3]);
    log.member('M', room, 'invited', 'A');
    log.write('M', room);
    expect(visibleTo(log, 'A')).toEqual([5, 6]);
    expect(log.rooms.get(room)?.former.size).toBe(0);
    expect(log.rooms.former('A').size).toBe(0);
  });
});

test('an open room is visible to all accounts but those banned, and delivered to members from joining', () => {
  const log = new RoomLog();
  const room = log.create('M', 'ops');
  log.write('M', room);
  log.member('A', room, 'joined');
  log.write('A', room);
  const entries = (account: string, see: typeof canSee) =>
    log.entries.filter((entry) => see(log.rooms, account, entry)).map(({ sequence }) => sequence);
  expect(entries('A', canSee)).toEqual([1, 2, 3, 4]);
  expect(entries('A', isDelivered)).toEqual([3, 4]);
  expect(entries('B', canSee)).toEqual([1, 2, 3, 4]);
  expect(entries('B', isDelivered)).toEqual([]);
  log.member('M', room, 'banned', 'A');
  expect(entries('A', canSee)).toEqual([5]);
  expect(entries('A', isDelivered)).toEqual([5]);
  expect(firstVisible(log.rooms, 'A', room)).toBeUndefined();
});

test('an entry that is not folded yet is visible to no account', () => {
  const log = new RoomLog();
  const entry = { room: log.create('M', 'ops'), kind: messageKind.message, sequence: 2 };
  expect(canSee(log.rooms, 'M', entry)).toBe(false);
  log.write('M', entry.room);
  expect(canSee(log.rooms, 'M', entry)).toBe(true);
});
