import { describe, expect, test } from '@jest/globals';
import { drive, opened, submit, message, received, lost } from '../../../test/support/session-driver.js';
import type { ErrorCode } from '../../shared/errors.js';

describe('connecting', () => {
  test('subscribes without a cursor and is live when the server has answered', () => {
    const session = drive({ type: 'reconnect' });
    expect(session.effects).toContainEqual({ type: 'subscribe', cursor: undefined });
    expect(session.state.phase.type).toBe('connecting');
    session.then(opened({ maxTextBytes: 10, maxImageBytes: 20 }));
    expect(session.state.phase.type).toBe('live');
    expect(session.state.limits).toEqual({ maxTextBytes: 10, maxImageBytes: 20 });
  });

  test('a lost connection is retried after 1 s, doubling to 30 s, and the attempts are counted', () => {
    const session = drive({ type: 'reconnect' }, opened());
    const delays: number[] = [];
    for (let attempt = 1; attempt <= 7; attempt++) {
      session.then(lost(), 60_000);
      expect(session.state.phase).toMatchObject({ type: 'reconnecting', attempt });
      const wait = session.effects.find((effect) => effect.type === 'wait');
      delays.push(wait?.milliseconds ?? NaN);
      session.then({ type: 'waited', timer: 'reconnect' });
      expect(session.state.phase).toMatchObject({ type: 'reconnecting', attempt, retryAt: undefined });
      expect(session.effects.map((effect) => effect.type)).toContain('subscribe');
    }
    expect(delays).toEqual([750, 1500, 3000, 6000, 12_000, 22_500, 22_500]);
  });

  test('a connection resets the attempts only if it lasted 3 s', () => {
    const session = drive({ type: 'reconnect' }, opened(), lost(), { type: 'waited', timer: 'reconnect' });
    session.then(opened());
    session.then(lost(), 2999);
    expect(session.state.phase).toMatchObject({ attempt: 2 });
    session.then({ type: 'waited', timer: 'reconnect' });
    session.then(opened());
    session.then(lost(), 3000);
    expect(session.state.phase).toMatchObject({ attempt: 1 });
  });

  test('a jump of the wall clock changes neither the next attempt nor their count', () => {
    const session = drive({ type: 'reconnect' }, opened());
    session.jump(3_600_000);
    session.then(lost('rate-limited', 20_000), 10_000);
    expect(session.state.phase).toMatchObject({ attempt: 1, retryAt: 30_000 });
  });

  test('a delay that the server requests is kept', () => {
    const session = drive({ type: 'reconnect' }, lost('rate-limited', 20_000));
    expect(session.state.phase).toMatchObject({ type: 'reconnecting', retryAt: 20_000 });
  });

  test.each<ErrorCode>(['login-refused', 'certificate-untrusted', 'unsupported', 'usage'])(
    'after %s there is no further attempt',
    (code) => {
      for (const before of [[], [opened()]]) {
        const session = drive({ type: 'reconnect' }, ...before, lost(code));
        expect(session.state.phase).toMatchObject({ type: 'refused', reason: { code } });
        expect(session.effects.some((effect) => effect.type === 'wait')).toBe(false);
        session.then({ type: 'waited', timer: 'reconnect' });
        expect(session.effects).toEqual([]);
      }
    },
  );

  test('the user can connect during a delay and after a refusal', () => {
    const waiting = drive({ type: 'reconnect' }, lost(), { type: 'reconnect' });
    expect(waiting.effects.map((effect) => effect.type)).toEqual(['stop-waiting', 'subscribe']);
    const refused = drive({ type: 'reconnect' }, lost('login-refused'), { type: 'reconnect' });
    expect(refused.state.phase.type).toBe('connecting');
  });

  test('a closed session ignores all events', () => {
    const session = drive({ type: 'reconnect' }, opened(), { type: 'close' });
    expect(session.effects).toEqual([{ type: 'close' }]);
    for (const event of [submit('a'), received(message(1)), lost(), { type: 'close' } as const]) {
      const before = session.session;
      session.then(event);
      expect(session.session).toBe(before);
      expect(session.effects).toEqual([]);
    }
  });
});
