import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { draft, drive, lost, message, opened, sentIds } from '../../../test/support/session-driver.js';
import { ChatError } from '../../shared/errors.js';
import { memberChange, messageKind, roomChange, roomType, type Message } from '../../shared/message.js';
import type { RoomView } from '../../shared/room-answers.js';
import type { Effect } from './effects.js';
import type { SessionEvent } from './events.js';
import { seenFrom, unknownRoom, type SessionState } from './state.js';
import { recentWindow, unviewedWindow } from './timeline.js';

const ops = 10;
const dev = 11;

function view(number: number, changes: Partial<RoomView> = {}): RoomView {
  return {
    ...unknownRoom(number),
    name: number === 0 ? 'lobby' : `room-${number}`,
    memberCount: 3,
    ...changes,
  };
}

/** The stream begins at the head 100, with these rooms. */
function openedWith(numbers: readonly number[], resumed = false, upTo = 100): SessionEvent {
  return opened({
    ...{ head: upTo, resumed, hasRooms: true },
    roomList: { upTo, rooms: numbers.map((number) => view(number)) },
  });
}

function live(...numbers: readonly number[]) {
  return drive({ type: 'reconnect' }, openedWith([0, ...numbers]));
}

function inRoom(room: number, sequence: number, changes: Partial<Message> = {}): Message {
  return message(sequence, { detail: { room, kind: messageKind.message }, ...changes });
}

function member(room: number, sequence: number, what: number, name: string): Message {
  const change = { what, name, account: '', until: 0, role: 0 };
  return message(sequence, { detail: { room, kind: messageKind.member, memberChange: change } });
}

function changed(room: number, sequence: number, what: number, text: string): Message {
  const change = { what, name: text, topic: text, type: roomType.open, past: 0, members: [] };
  return message(sequence, { detail: { room, kind: messageKind.room, roomChange: change } });
}

function received(...messages: readonly Message[]): SessionEvent {
  return { type: 'received', messages };
}

function sequencesIn(session: SessionState, room: number): number[] {
  return [...seenFrom(session, room).timeline.items].map((item) => item.message.sequence);
}

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
  const begin = (room: RoomView, resumed = false): SessionEvent =>
    opened({ head: 100, resumed, hasRooms: true, roomList: { upTo: 100, rooms: [view(0), room] } });
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
      begin(withOwn(90, 90, 0)),
      lost(),
      begin(withOwn(95, 90, 1), true),
    );
    driven.then(received(inRoom(ops, 95), inRoom(ops, 101)));
    expect(newsOf(driven.session)).toBe(2);
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

type Step =
  | { readonly what: 'post' | 'view' | 'scroll'; readonly room: number }
  | { readonly what: 'stream' | 'page' | 'reset' | 'resume'; readonly room?: undefined };

const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({
    what: fc.constantFrom('post', 'view', 'scroll'),
    room: fc.constantFrom(0, 1, 2),
  }),
  fc.record({ what: fc.constantFrom('stream', 'page', 'reset', 'resume') }),
);

test('shows a part of each room without a gap or a repeat, however pages and messages arrive', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 80 }), (steps) => {
      const log: Message[] = [];
      const driven = drive({ type: 'reconnect' });
      const begin = (resumed: boolean): void => driven.then(openedWith([0, 1, 2], resumed, log.length));
      let read = 0;
      let asked: Extract<Effect, { type: 'fetch-previous-page' }>[] = [];
      const note = (): void => {
        for (const effect of driven.effects) if (effect.type === 'fetch-previous-page') asked.push(effect);
      };
      const inLog = (room: number): number[] =>
        log.filter(({ detail }) => (detail?.room ?? 0) === room).map(({ sequence }) => sequence);
      begin(false);
      note();
      for (const { what, room = 0 } of steps) {
        if (what === 'post') log.push(room === 0 ? message(log.length + 1) : inRoom(room, log.length + 1));
        else if (what === 'view') driven.then({ type: 'view-room', room });
        else if (what === 'scroll') driven.then({ type: 'load-previous-page' });
        else if (what === 'stream') {
          driven.then(received(...log.slice(read)));
          read = log.length;
        } else if (what === 'page') {
          const page = asked.shift();
          if (!page) continue;
          const all = inLog(page.room).filter((sequence) => page.before === 0 || sequence < page.before);
          const messages = all.slice(-2).reverse();
          const found = messages.map((sequence) => log[sequence - 1]).filter((each) => each !== undefined);
          driven.then({ type: 'previous-page', room: page.room, before: page.before, messages: found });
        } else {
          driven.then(lost());
          asked = [];
          if (what === 'reset') read = log.length;
          begin(what === 'resume');
        }
        note();
        for (const number of [0, 1, 2]) {
          const shown = sequencesIn(driven.session, number);
          const expected = inLog(number).filter((sequence) => sequence <= read);
          expect(shown).toEqual(shown.length === 0 ? [] : expected.slice(-shown.length));
        }
      }
    }),
    { numRuns: 300 },
  );
});
