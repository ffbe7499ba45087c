import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { finish } from '../../test/support/finish.js';
import { chat } from './generated/messages.js';
import { maxSequence } from './read-messages.js';
import { readMemberPage, readRoom, readRoomList, readRoomPage } from './read-rooms.js';
import {
  decodePosted,
  encodeMemberPage,
  encodePosted,
  encodeRoom,
  encodeRoomList,
  encodeRoomPage,
} from './room-answers.js';

const name = fc.string({ minLength: 1, maxLength: 32 });
const sequence = fc.integer({ min: 0, max: maxSequence });
const small = fc.integer({ min: 0, max: 2 });
const flag = fc.boolean();
const settings = fc.record({
  ...{ notify: small, mutedUntil: fc.nat(), hidden: flag, pinned: flag, markedUnread: flag },
});
const own = fc.record({ readUpTo: sequence, unread: fc.nat(100), mentions: fc.nat(100), settings });
const described = {
  ...{ number: sequence, name, topic: fc.string({ maxLength: 250 }), type: small, past: small },
  ...{ archived: fc.boolean(), memberCount: fc.nat(), participants: fc.array(name, { maxLength: 8 }) },
  ...{ newest: sequence, joined: fc.boolean(), role: small },
};
const room = fc.oneof(fc.record(described), fc.record({ ...described, own }));
const rooms = fc.array(room);
const member = fc.record({ name, role: small, online: fc.boolean() });
const aRoom = { number: 3, name: 'plans', topic: '', type: 0, past: 0, archived: false, memberCount: 1 };
const plans = { ...aRoom, participants: [], newest: 0, joined: true, role: 0 };

describe('what the server encodes', () => {
  test('is read as it was: a room', () => {
    fc.assert(fc.property(room, (value) => expect(readRoom(encodeRoom(value))).toEqual(value)));
  });

  test('is read as it was: a list and a page of rooms, and a page of members', () => {
    fc.assert(
      fc.property(rooms, fc.array(member), fc.string(), (list, members, next) => {
        const whole = encodeRoomList({ upTo: 7, logId: 'log', rooms: list });
        expect(finish(readRoomList(whole))).toEqual({ upTo: 7, rooms: list, unreadable: 0 });
        const page = encodeRoomPage({ items: list, next });
        expect(finish(readRoomPage(page))).toEqual({ items: list, next, unreadable: 0 });
        const memberPage = encodeMemberPage({ items: members, next });
        expect(finish(readMemberPage(memberPage))).toEqual({ items: members, next, unreadable: 0 });
      }),
    );
  });

  test('is read as it was: the answer to a post', () => {
    const posted = fc.record({
      ...{ id: fc.string(), sequence, code: fc.nat({ max: 16 }), text: fc.string() },
      retryAfterMs: fc.option(fc.integer({ min: 1, max: maxSequence }), { nil: undefined }),
    });
    fc.assert(fc.property(posted, (value) => expect(decodePosted(encodePosted(value))).toEqual(value)));
  });
});

describe('what a hostile server sends', () => {
  test('is read or left out, whatever the bytes are', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 60 }), (bytes) => {
        for (const read of [readRoomList, readRoomPage, readMemberPage])
          expect(finish<{ unreadable: number }>(read(bytes)).unreadable).toBeGreaterThanOrEqual(0);
        const found = readRoom(bytes);
        expect(found?.number ?? 0).toBeLessThanOrEqual(maxSequence);
      }),
    );
  });

  test('is cut to the limits of names, topics and participants', () => {
    const long = 'x'.repeat(5000);
    const participants = Array<string>(100).fill(long);
    const found = readRoom(encodeRoom({ ...plans, name: long, topic: long, participants }));
    expect(found?.name).toHaveLength(257);
    expect(found?.topic).toHaveLength(1025);
    expect(found?.participants).toEqual(Array(16).fill(found?.name));
    const items = [{ name: long, role: 0, online: false }];
    expect(finish(readMemberPage(encodeMemberPage({ items, next: '' }))).items[0]?.name).toHaveLength(257);
  });

  test('is no room with a number or newest message that no log reaches', () => {
    for (const room of [
      { ...plans, number: maxSequence + 1 },
      { ...plans, newest: maxSequence + 1 },
    ]) {
      const page = encodeRoomPage({ items: [plans, room], next: '' });
      expect(finish(readRoomPage(page))).toEqual({ items: [plans], next: '', unreadable: 1 });
    }
  });

  test('is no member without a name, and no next page if its place is too long', () => {
    const members = [{ name: '' }, { name: 'ann' }];
    const bytes = chat.v1.MemberPage.encode({ members, next: 'x'.repeat(257) }).finish();
    const ann = { name: 'ann', role: 0, online: false };
    expect(finish(readMemberPage(bytes))).toEqual({ items: [ann], next: '', unreadable: 1 });
  });
});
