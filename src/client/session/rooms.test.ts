import { describe, expect, test } from '@jest/globals';
import { draft, drive, lost, message, opened, sentIds } from '../../../test/support/session-driver.js';
import {
  changed,
  inRoom,
  live,
  member,
  openedWith,
  received,
  sequencesIn,
  view,
} from '../../../test/support/session-rooms.js';
import { ChatError } from '../../shared/errors.js';
import { memberChange, messageKind, roomChange, roomType } from '../../shared/message.js';
import { encodeText } from '../../shared/text.js';
import type { RoomView } from '../../shared/room-answers.js';
import type { Effect } from './effects.js';
import type { SessionEvent } from './events.js';
import { seenFrom, type SessionState } from './state.js';
import { recentWindow, unviewedWindow } from './timeline.js';

const ops = 10;
const dev = 11;

const fetches = (effects: readonly Effect[]) => effects.filter(({ type }) => type.startsWith('fetch'));

describe('a session with rooms', () => {
  test('loads the newest page of the current room only', () => {
    const driven = live(ops);
    expect(fetches(driven.effects)).toEqual([
      { type: 'fetch-previous-page', room: 0, before: 0, limit: 200 },
    ]);
    driven.then({ type: 'view-room', room: ops });
    expect(fetches(driven.effects)).toEqual([
      { type: 'fetch-previous-page', room: ops, before: 0, limit: 200 },
    ]);
    driven.then({ type: 'previous-page', room: ops, before: 0, messages: [inRoom(ops, 90)] });
    // The user has left the lobby, which may have dropped messages since.
    driven.then({ type: 'previous-page', room: 0, before: 0, messages: [message(80)] });
    expect(sequencesIn(driven.session, ops)).toEqual([90]);
    expect(sequencesIn(driven.session, 0)).toEqual([]);
  });

  test('lists a message once that is in the page and arrives later, and one that arrived before the page', () => {
    const driven = live();
    driven.then(received(message(101)));
    const page = [message(103), message(102), message(101), message(99)];
    driven.then({ type: 'previous-page', room: 0, before: 0, messages: page });
    driven.then(received(message(102), message(103)));
    expect(sequencesIn(driven.session, 0)).toEqual([99, 101, 102, 103]);
  });

  test('counts the messages of others since the room was read', () => {
    const driven = live(ops);
    const own = inRoom(ops, 102, { from: 'user1' });
    driven.then(received(inRoom(ops, 101), own, member(ops, 103, memberChange.joined, 'user9')));
    expect(driven.session.rooms.get(ops)?.news).toEqual({ messages: 1, mentions: 0 });
    expect(driven.session.rooms.get(0)?.news).toEqual({ messages: 0, mentions: 0 });
    driven.then({ type: 'mark-read', room: ops });
    expect(driven.session.rooms.get(ops)?.news).toEqual({ messages: 0, mentions: 0 });
  });

  test('asks for a room that the user was invited to, and forgets one that the user was removed from', () => {
    const driven = live(ops);
    driven.then(received(member(dev, 101, memberChange.invited, 'user1')));
    expect(fetches(driven.effects)).toEqual([{ type: 'fetch-room', room: dev }]);
    driven.then({ type: 'room-known', room: view(dev) });
    driven.then({ type: 'view-room', room: dev });
    driven.then(received(member(dev, 102, memberChange.removed, 'user1'), inRoom(dev, 103)));
    expect([...driven.session.rooms.keys()]).toEqual([0, ops]);
    expect(driven.session.viewed).toEqual([0]);
    driven.then({ type: 'previous-page', room: dev, before: 0, messages: [inRoom(dev, 90)] });
    expect(driven.session.rooms.has(dev)).toBe(false);
  });

  test('knows a room from its creation, so that its first message is news', () => {
    const driven = live();
    const members = ['user2', 'user1'].map((name) => ({ account: name, name }));
    const creation = {
      ...{ what: roomChange.created, name: '', topic: '' },
      ...{ type: 2, past: 0, members },
    };
    const detail = { room: dev, kind: messageKind.room, roomChange: creation };
    driven.then(received(message(101, { detail }), inRoom(dev, 102)));
    expect(fetches(driven.effects)).toEqual([{ type: 'fetch-room', room: dev }]);
    const known = driven.session.rooms.get(dev);
    expect(known?.room).toMatchObject({
      type: roomType.direct,
      participants: ['user1', 'user2'],
      memberCount: 2,
    });
    expect(known?.news.messages).toBe(1);
    expect(sequencesIn(driven.session, dev)).toEqual([101, 102]);
  });

  test('applies what others change, but not what the list of rooms contains already', () => {
    const driven = live(ops);
    driven.then(
      received(
        changed(ops, 101, roomChange.topic, 'deploys'),
        changed(ops, 102, roomChange.renamed, 'operations'),
        changed(ops, 103, roomChange.archived, ''),
        member(ops, 104, memberChange.joined, 'user8'),
        member(ops, 105, memberChange.joined, 'user9'),
        member(ops, 106, memberChange.left, 'user8'),
      ),
    );
    const expected = { topic: 'deploys', name: 'operations', archived: true, memberCount: 4 };
    expect(driven.session.rooms.get(ops)?.room).toMatchObject(expected);
    driven.then(lost());
    driven.then(openedWith([0, ops], true, 200));
    driven.then(received(changed(ops, 150, roomChange.topic, 'older')));
    expect(driven.session.rooms.get(ops)?.room.topic).toBe('');
  });

  test('resumes after the cursor of a batch without messages', () => {
    const driven = live(ops);
    driven.then({ type: 'received', messages: [], upTo: 5000 });
    driven.then(lost());
    driven.then({ type: 'waited', timer: 'reconnect' });
    const cursor = { logId: 'log', after: 5000, digest: undefined };
    expect(driven.effects).toContainEqual({ type: 'subscribe', cursor });
  });

  test('keeps the messages of all rooms after a resume, and loads the current one again otherwise', () => {
    const driven = live(ops);
    driven.then({ type: 'previous-page', room: 0, before: 0, messages: [message(99)] });
    driven.then(received(inRoom(ops, 101)));
    driven.then(lost());
    driven.then(openedWith([0, ops], true));
    expect([sequencesIn(driven.session, 0), sequencesIn(driven.session, ops)]).toEqual([[99], [101]]);
    driven.then(lost());
    driven.then(openedWith([0, ops], false, 9000));
    expect([sequencesIn(driven.session, 0), sequencesIn(driven.session, ops)]).toEqual([[], []]);
    expect(fetches(driven.effects)).toEqual([
      { type: 'fetch-previous-page', room: 0, before: 0, limit: 200 },
    ]);
    expect(driven.session.rooms.get(ops)?.news.messages).toBe(1);
  });

  test('sends to the room of the draft, and a rejected message does not delay those to other rooms', () => {
    const driven = live(ops, dev);
    driven.then({ type: 'submit', draft: { ...draft('one'), room: ops } });
    driven.then({ type: 'submit', draft: { ...draft('two'), room: dev } });
    expect(seenFrom(driven.session, ops).pending).toHaveLength(1);
    expect(seenFrom(driven.session, 0).pending).toHaveLength(0);
    driven.then({ type: 'send-failed', id: 'one', reason: new ChatError('room-archived', 'archived') });
    expect(sentIds(driven.effects)).toEqual(['two']);
    expect(seenFrom(driven.session, ops).pending[0]?.item.delivery.type).toBe('failed');
  });

  test('keeps few messages of the rooms that are not viewed, whatever they contain', () => {
    const numbers = Array.from({ length: 200 }, (_, index) => index + 1);
    const driven = live(...numbers);
    const large = { content: new Uint8Array(unviewedWindow.bytes * 2) };
    let sequence = 100;
    for (const room of numbers.slice(0, 20)) {
      driven.then({ type: 'view-room', room });
      const many = Array.from({ length: 3000 }, () => inRoom(room, ++sequence));
      driven.then(received(...many));
    }
    for (const room of numbers)
      driven.then(received(inRoom(room, ++sequence), inRoom(room, ++sequence, large)));
    const counts = [...driven.session.rooms.values()].map(({ timeline }) => timeline.items.length);
    expect(counts.filter((count) => count > recentWindow.items)).toHaveLength(1);
    expect(counts.filter((count) => count > unviewedWindow.items)).toHaveLength(8);
    const bytes = [...driven.session.rooms.values()].reduce((sum, { timeline }) => sum + timeline.bytes, 0);
    expect(bytes).toBeLessThan(10 * unviewedWindow.bytes * 2);
  });
});

describe('read marks', () => {
  const settings = { notify: 0, mutedUntil: 0, hidden: false, pinned: false, markedUnread: false };
  const withOwn = (newest: number, readUpTo: number, unread: number) =>
    view(ops, { newest, own: { readUpTo, unread, mentions: 0, settings } });
  const begin = (room: RoomView, resumed = false, head = 100): SessionEvent =>
    opened({ head, resumed, hasRooms: true, roomList: { upTo: head, rooms: [view(0), room] } });
  const newsOf = (session: SessionState) => session.rooms.get(ops)?.news.messages;

  test('the server counts what is unread at the start, and later messages are added', () => {
    const driven = drive({ type: 'reconnect' }, begin(withOwn(90, 80, 7)));
    expect([newsOf(driven.session), driven.session.rooms.get(ops)?.newsAfter]).toEqual([7, 80]);
    driven.then(received(inRoom(ops, 101)));
    expect(newsOf(driven.session)).toBe(8);
    driven.then({ type: 'mark-read', room: ops });
    expect(driven.effects).toEqual([{ type: 'mark', room: ops, sequence: 101 }]);
    driven.then({ type: 'mark-read', room: ops });
    expect(driven.effects).toEqual([]);
  });

  test('a message that the server has counted is not counted again after a resume', () => {
    const driven = drive(
      { type: 'reconnect' },
      begin(withOwn(90, 90, 0), false, 90),
      lost(),
      begin(withOwn(95, 90, 1), true),
    );
    driven.then(received(inRoom(ops, 95), inRoom(ops, 101)));
    expect(newsOf(driven.session)).toBe(2);
  });

  test('a mention that the server has counted is not counted again, one by a word of the user is', () => {
    const start = begin(withOwn(90, 90, 0), false, 90);
    const driven = drive({ type: 'reconnect' }, start, lost(), begin(withOwn(97, 90, 3), true));
    const said = (sequence: number, mentions?: readonly string[]) =>
      inRoom(ops, sequence, {
        content: encodeText('@user1'),
        detail: { room: ops, kind: messageKind.message, ...(mentions && { mentions }) },
      });
    driven.then(received(said(96, ['user1']), said(97)));
    expect(driven.session.rooms.get(ops)?.news).toEqual({ messages: 3, mentions: 1 });
    driven.then(received(said(101, ['user1'])));
    expect(driven.session.rooms.get(ops)?.news).toEqual({ messages: 4, mentions: 2 });
  });

  test('what another session has read is read here, and the rest is counted by the server', () => {
    const driven = drive({ type: 'reconnect' }, begin(withOwn(90, 80, 7)));
    driven.then({ type: 'online', names: [], marks: [{ room: ops, readUpTo: 85 }] });
    expect(fetches(driven.effects)).toEqual([{ type: 'fetch-room', room: ops }]);
    driven.then(received(inRoom(ops, 101)));
    driven.then({ type: 'room-known', room: withOwn(90, 85, 2) });
    expect(newsOf(driven.session)).toBe(3);
    driven.then({ type: 'online', names: [], marks: [{ room: ops, readUpTo: 101 }] });
    expect(newsOf(driven.session)).toBe(0);
  });
});
