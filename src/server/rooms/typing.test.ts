import { expect, test } from '@jest/globals';
import { lobby, roomType } from '../../shared/message.js';
import { typingTimesMs } from '../../shared/presence-update.js';
import { logWithRoom } from '../../../test/support/room-log.js';
import { manualClock } from '../../../test/support/manual-clock.js';
import type { PeerNote } from '../messages/presence.js';
import { createTypingNotices } from './typing.js';

const typist = { account: 'A', name: 'a' };

function open() {
  const { log, room } = logWithRoom({ type: roomType.closed });
  const clock = manualClock();
  const delivered: string[] = [];
  const sent: PeerNote[] = [];
  let receive: (note: PeerNote) => void = () => undefined;
  const typing = createTypingNotices({
    rooms: log.rooms,
    clock,
    peers: {
      send: (note) => void sent.push(note),
      onNote: (listener) => void (receive = listener),
      onMissed: () => undefined,
    },
    deliver: (account, notice) => void delivered.push(`${account} ${notice.room} ${notice.stopped}`),
  });
  return { log, room, clock, delivered, sent, typing, receive: (note: PeerNote) => receive(note) };
}

test('a notice is delivered at most every three seconds in each room, and its end once', async () => {
  const { room, clock, delivered, sent, typing } = open();
  const notice = (stopped: boolean, to = room): void => typing.notice(typist, { room: to, stopped });
  notice(true);
  notice(false);
  notice(false);
  notice(false, lobby);
  notice(true);
  notice(true);
  notice(false);
  await clock.advance(typingTimesMs.interval);
  notice(false);
  await clock.advance(typingTimesMs.expiry);
  notice(true);
  const expected = [`A ${room} false`, `A ${lobby} false`, `A ${room} true`, `A ${room} false`];
  expect(delivered).toEqual(expected);
  expect(sent).toHaveLength(expected.length);
});

test('who cannot write to a room cannot type there, at any server', () => {
  const { log, room, delivered, typing, receive } = open();
  const rejected = (account: string, to: number, reason: string): void => {
    expect(() => typing.notice({ account, name: 'x' }, { room: to, stopped: false })).toThrow(reason);
    receive({ kind: 'typing', account, name: 'x', room: to, stopped: false });
  };
  rejected('X', room, 'no such room');
  rejected('X', 1e6, 'no such room');
  log.member('M', room, 'muted', 'B');
  rejected('B', room, 'you are muted in this room');
  expect(delivered).toEqual([]);
  receive({ kind: 'typing', ...typist, room, stopped: false });
  expect(delivered).toEqual([`A ${room} false`]);
});
