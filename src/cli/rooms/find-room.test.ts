import { describe, expect, test } from '@jest/globals';
import { manualClock } from '../../../test/support/manual-clock.js';
import { ChatError, type ErrorCode } from '../../shared/errors.js';
import { nameOfRoom, roomLabel, roomTarget } from './find-room.js';

describe('roomTarget', () => {
  test('takes a name with or without #, in any case', () => {
    expect(roomTarget({ room: '#Ops' })).toEqual({ type: 'named', name: 'ops' });
    expect(roomTarget({ room: 'ops' })).toEqual({ type: 'named', name: 'ops' });
    expect(roomTarget({})).toBeUndefined();
  });

  test('takes the names of users with or without @', () => {
    expect(roomTarget({ direct: 'ann, @bob' })).toEqual({ type: 'direct', names: ['ann', 'bob'] });
  });

  test.each([{ room: '#' }, { room: '' }, { direct: 'ann,' }, { room: 'ops', direct: 'ann' }])(
    'rejects %j',
    (flags) => {
      expect(() => roomTarget(flags)).toThrow(expect.objectContaining({ code: 'usage' }));
    },
  );
});

test('the label of a direct room has the other participants', () => {
  const room = { number: 7, name: '', topic: '', type: 2, past: 0, archived: false, memberCount: 2 };
  const view = { ...room, newest: 0, joined: true, role: 0 };
  expect(roomLabel({ ...view, participants: ['ann', 'Bob'] }, 'bob')).toBe('@ann');
  expect(roomLabel({ ...view, type: 0, name: 'ops', participants: [] }, 'bob')).toBe('#ops');
});

describe('the name of the room of a message', () => {
  const room = {
    ...{ number: 7, name: 'ops', topic: '', type: 0, past: 0, archived: false, memberCount: 2 },
  };
  const view = { ...room, newest: 0, joined: true, role: 0, participants: [] };
  const named = (get: (signal: AbortSignal) => Promise<typeof view>, stop = new AbortController()) => {
    const clock = manualClock();
    const rooms = { get: (_: number | string, signal: AbortSignal) => get(signal) };
    const name = nameOfRoom(7, rooms, { user: 'ann', clock, signal: stop.signal });
    return { clock, stop, outcome: name.catch((thrown: unknown) => ChatError.from(thrown).code) };
  };
  const neverAnswers = (signal: AbortSignal) =>
    new Promise<typeof view>((_, reject) => {
      signal.addEventListener('abort', () => reject(new ChatError('cancelled', 'cancelled')));
    });
  const failing = (code: ErrorCode) => () => Promise.reject(new ChatError(code, 'no'));

  test('is that of the server, and empty if the user has lost the room', async () => {
    expect(await named(() => Promise.resolve(view)).outcome).toEqual({ number: 7, name: 'ops' });
    expect(await named(failing('no-such-room')).outcome).toEqual({ number: 7, name: '' });
  });

  test('is left out if the server has no rooms, or does not answer within 3 s', async () => {
    expect(await named(failing('unsupported')).outcome).toBeUndefined();
    const { clock, outcome } = named(neverAnswers);
    await clock.advance(3000);
    expect(await outcome).toBeUndefined();
    const limited = named(() => Promise.reject(new ChatError('rate-limited', 'no', { retryAfterMs: 9000 })));
    await limited.clock.advance(3000);
    expect(clock.pending() + limited.clock.pending()).toBe(0);
  });

  test('is a failure of the command if the call fails or the user stops it', async () => {
    expect(await named(failing('login-refused')).outcome).toBe('login-refused');
    const { stop, outcome } = named(neverAnswers);
    stop.abort();
    expect(await outcome).toBe('cancelled');
  });
});
