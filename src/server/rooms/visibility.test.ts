import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { RoomLog } from '../../../test/support/room-log.js';
import { memberChange, messageKind, past, roomChange, roomRole, roomType } from '../../shared/message.js';
import { encodeRooms } from './room-state-codec.js';
import { createRooms } from './room-state.js';
import type { FoldEntry, Rooms } from './rooms.js';
import { canSee, deliveredRange, firstVisible, readableRooms } from './visibility.js';

const accounts = ['A', 'B', 'C', 'D'];
/** Has the name of `B`, whose account was removed. */
const successor = 'b-again';

/** Whether a stream of the account contains the entry. */
const isDelivered: typeof canSee = (rooms, account, { room, sequence }) => {
  const range = deliveredRange(rooms, account, room);
  return range !== undefined && !rooms.isVoid(sequence) && sequence >= range.from && sequence <= range.to;
};

/** What someone attempts, allowed or not. `pick`: mostly in one of the first two rooms. */
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

const attempts = fc.array(attempt, { minLength: 1, maxLength: 40 });

function perform(log: RoomLog, step: Attempt): void {
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
function startedLog([first]: readonly Attempt[]): RoomLog {
  const log = new RoomLog();
  log.create('A', 'x', { members: 'B' });
  log.create('B', 'y', { members: 'A', type: roomType.closed, past: first?.past ?? past.all });
  return log;
}

function performed(steps: readonly Attempt[]): RoomLog {
  const log = startedLog(steps);
  for (const step of steps) perform(log, step);
  return log;
}

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

/** Rooms as lists of what happened, each question answered by reading them from the start. Knows nothing of the fold. */
class Model {
  readonly #valid: { readonly entry: FoldEntry; readonly actor: string; readonly time: number }[] = [];

  add(entry: FoldEntry): boolean {
    const isValid = this.#isValid(entry);
    if (isValid) {
      const { detail, timestamp } = entry.message();
      this.#valid.push({ entry, actor: detail?.account ?? '', time: timestamp });
    }
    return isValid;
  }

  firstVisible(account: string, number: number): number | undefined {
    if (number === 0) return 0;
    const created = this.#created(number);
    if (!created) return undefined;
    const since = this.#members(number).find(({ id }) => id === account)?.since;
    if (created.type === roomType.open)
      return this.#bannedUntil(number, account) === undefined ? number : undefined;
    if (since === undefined) return undefined;
    return created.type === roomType.direct || created.past === past.all ? number : since;
  }

  #isValid(entry: FoldEntry): boolean {
    const { room, kind } = entry;
    const { detail, timestamp: time } = entry.message();
    const actor = detail?.account ?? '';
    if (room === 0) return kind === messageKind.message;
    const change = detail?.roomChange;
    if (change?.what === roomChange.created) {
      const participants = new Set([actor, ...change.members.map(({ account }) => account)]);
      if (change.type !== roomType.direct) return /^[xyz]$/.test(change.name) && !this.#isTaken(change.name);
      return participants.size > 1 && !this.#hasDirect(participants);
    }
    const created = this.#created(room);
    if (!created) return false;
    const members = this.#members(room);
    const self = members.find(({ id }) => id === actor);
    const isArchived = this.#isArchived(room);
    const isBanned = (id: string) => isPending(this.#bannedUntil(room, id), time);
    const member = detail?.memberChange;
    if (member?.what === memberChange.joined) {
      return created.type === roomType.open && !self && !isArchived && !isBanned(actor);
    }
    if (!self) return false;
    if (kind === messageKind.message) return !isArchived && !isPending(this.#mutedUntil(room, actor), time);
    if (created.type === roomType.direct) return false;
    const isModerator = self.isModerator;
    if (change) {
      if (!isModerator) return false;
      if (change.what === roomChange.unarchived) return isArchived && !this.#isTaken(this.#name(room));
      if (change.what !== roomChange.renamed) return !isArchived;
      const isOwn = this.#name(room) === change.name;
      return !isArchived && /^[xyz]$/.test(change.name) && (isOwn || !this.#isTaken(change.name));
    }
    if (!member) return false;
    const { what, account, until, role } = member;
    const target = members.find(({ id }) => id === account);
    if (what === memberChange.left) return account === actor;
    if (what === memberChange.invited) return !isArchived && !target && !isBanned(account);
    if (!isModerator) return false;
    if (what === memberChange.removed) return target !== undefined;
    if (what === memberChange.banned) return account !== actor && isPending(until, time);
    if (isArchived) return false;
    if (what === memberChange.unbanned) return this.#bannedUntil(room, account) !== undefined;
    if (what === memberChange.unmuted) return this.#mutedUntil(room, account) !== undefined;
    if (!target) return false;
    if (what === memberChange.muted) return !target.isModerator && isPending(until, time);
    if (target.isModerator === (role === roomRole.moderator)) return false;
    return role === roomRole.moderator || members.filter((one) => one.isModerator).length > 1;
  }

  #created(number: number) {
    const first = this.#valid.find(({ entry }) => entry.sequence === number);
    const change = first?.entry.message().detail?.roomChange;
    return change?.what === roomChange.created ? { ...change, creator: first?.actor ?? '' } : undefined;
  }

  #numbers(): number[] {
    return this.#valid.map(({ entry }) => entry.sequence).filter((number) => this.#created(number));
  }

  #isTaken(name: string): boolean {
    return this.#numbers().some((number) => {
      const isNamed = this.#created(number)?.type !== roomType.direct && !this.#isArchived(number);
      return isNamed && this.#name(number) === name;
    });
  }

  #hasDirect(participants: ReadonlySet<string>): boolean {
    return this.#numbers().some((number) => {
      const ids = this.#members(number).map(({ id }) => id);
      const isDirect = this.#created(number)?.type === roomType.direct;
      return isDirect && ids.length === participants.size && ids.every((id) => participants.has(id));
    });
  }

  #name(number: number): string {
    const names = this.#changes(number).map(({ change }) =>
      change?.what === roomChange.renamed ? change.name : '',
    );
    return names.findLast((name) => name !== '') ?? this.#created(number)?.name ?? '';
  }

  #isArchived(number: number): boolean {
    const isEmpty = this.#created(number)?.type === roomType.closed && this.#members(number).length === 0;
    const changes = this.#changes(number).map(({ change }) => change?.what);
    const last = changes.findLast((what) => what === roomChange.archived || what === roomChange.unarchived);
    return isEmpty || last === roomChange.archived;
  }

  #changes(number: number) {
    return this.#valid
      .filter(({ entry }) => entry.room === number && entry.sequence > number)
      .map(({ entry, time }) => {
        const { roomChange: change, memberChange: member } = entry.message().detail ?? {};
        return { sequence: entry.sequence, time, change, member };
      });
  }

  #bannedUntil(number: number, account: string): number | undefined {
    return this.#until(number, account, memberChange.banned, [
      memberChange.unbanned,
      memberChange.joined,
      memberChange.invited,
    ]);
  }

  #mutedUntil(number: number, account: string): number | undefined {
    const last = this.#changes(number).findLast(({ member, sequence }) => {
      const mutes = member?.account === account && member.what === memberChange.muted;
      const unmutes = member?.account === account && member.what === memberChange.unmuted;
      return mutes || unmutes || this.#appointed(number, account).includes(sequence);
    });
    const isMute = last?.member?.account === account && last.member.what === memberChange.muted;
    return isMute ? last.member?.until : undefined;
  }

  #until(number: number, account: string, begin: number, ends: readonly number[]): number | undefined {
    const last = this.#changes(number).findLast(
      ({ member }) => member?.account === account && [begin, ...ends].includes(member.what),
    )?.member;
    return last?.what === begin ? last.until : undefined;
  }

  /** The sequences of the entries by which the account became a moderator. */
  #appointed(number: number, account: string): readonly number[] {
    return this.#history(number)
      .appointments.filter(({ id }) => id === account)
      .map(({ sequence }) => sequence);
  }

  #members(number: number) {
    return this.#history(number).members;
  }

  #history(number: number) {
    const created = this.#created(number);
    const appointments: { id: string; sequence: number }[] = [];
    let members: { id: string; since: number; isModerator: boolean }[] = [];
    if (!created) return { members, appointments };
    const muted = new Map<string, number>();
    for (const id of new Set([created.creator, ...created.members.map(({ account }) => account)])) {
      members.push({
        id,
        since: number,
        isModerator: id === created.creator && created.type !== roomType.direct,
      });
    }
    for (const { sequence, member, time } of this.#changes(number)) {
      if (!member) continue;
      const { what, account: id, until, role } = member;
      const wasModerated = members.filter((one) => one.isModerator).map((one) => one.id);
      if (what === memberChange.muted) muted.set(id, until);
      if (what === memberChange.unmuted) muted.delete(id);
      if (what === memberChange.joined || what === memberChange.invited) {
        members = [...members, { id, since: sequence, isModerator: false }];
      }
      if (what === memberChange.left || what === memberChange.removed || what === memberChange.banned) {
        members = members.filter((one) => one.id !== id);
      }
      if (what === memberChange.role) {
        members = members.map((one) =>
          one.id === id ? { ...one, isModerator: role === roomRole.moderator } : one,
        );
      }
      if (!members.some((one) => one.isModerator)) {
        const next = members.find((one) => !isPending(muted.get(one.id), time)) ?? members[0];
        members = members.map((one) => (one === next ? { ...one, isModerator: true } : one));
      }
      for (const one of members) {
        if (!one.isModerator || wasModerated.includes(one.id)) continue;
        muted.delete(one.id);
        appointments.push({ id: one.id, sequence });
      }
    }
    return { members, appointments };
  }
}

function isPending(until: number | undefined, time: number): boolean {
  return until !== undefined && (until === 0 || until > time);
}

describe('visibility', () => {
  test('agrees with a model that reads the whole log for every question', () => {
    fc.assert(
      fc.property(attempts, (steps) => {
        const log = startedLog(steps);
        const model = new Model();
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
            const expected = model.firstVisible(account, number);
            expect(firstVisible(log.rooms, account, number)).toBe(expected);
            expect(readableRooms(log.rooms, account).get(number)).toBe(expected);
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
  expect(readableRooms(log.rooms, 'A').has(room)).toBe(false);
});

test('an entry that is not folded yet is visible to no account', () => {
  const log = new RoomLog();
  const entry = { room: log.create('M', 'ops'), kind: messageKind.message, sequence: 2 };
  expect(canSee(log.rooms, 'M', entry)).toBe(false);
  log.write('M', entry.room);
  expect(canSee(log.rooms, 'M', entry)).toBe(true);
});
