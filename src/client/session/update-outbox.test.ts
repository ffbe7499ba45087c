import { describe, expect, test } from '@jest/globals';
import {
  drive,
  opened,
  openedElsewhere,
  submit,
  message,
  received,
  echo,
  lost,
  sendFailed,
  shown,
  sentIds,
} from '../../../test/support/session-driver.js';
import type { ErrorCode } from '../../shared/errors.js';
import { encodeText } from '../../shared/text.js';
import type { SessionEvent } from './events.js';
import { itemAt } from './state.js';

describe('sending', () => {
  test('sends one message at a time, in the order typed', () => {
    const session = drive({ type: 'reconnect' }, opened(), submit('a'));
    expect(sentIds(session.effects)).toEqual(['a']);
    session.then(submit('b'));
    session.then(submit('c'));
    expect(sentIds(session.effects)).toEqual([]);
    session.then({ type: 'sent', id: 'a', sent: { sequence: 1 } });
    expect(sentIds(session.effects)).toEqual(['b']);
    expect(shown(session.state)).toEqual(['a: delivered', 'b: sending', 'c: sending']);
  });

  test('names the mentioned users only to a server with rooms', () => {
    const draft = { room: 0, id: 'a', timestamp: 1, type: 1, content: encodeText('@ben'), mentions: ['ben'] };
    for (const hasRooms of [true, false]) {
      const { effects } = drive({ type: 'reconnect' }, opened({ hasRooms }), { type: 'submit', draft });
      const [sending] = effects.filter((effect) => effect.type === 'send');
      expect(sending?.draft.mentions).toEqual(hasRooms ? ['ben'] : undefined);
    }
  });

  test('keeps messages while offline and sends them after the reconnect', () => {
    const session = drive({ type: 'reconnect' }, lost(), submit('a'), submit('b'));
    expect(session.effects).toEqual([]);
    session.then(opened());
    expect(sentIds(session.effects)).toEqual(['a']);
  });

  test('an own message keeps its key when its echo arrives, before or after the answer', () => {
    for (const answersFirst of [true, false]) {
      const answer: SessionEvent = { type: 'sent', id: 'a', sent: { sequence: 2 } };
      const arrival = received(message(1), echo(2, 'a'), message(3));
      const session = drive({ type: 'reconnect' }, opened(), submit('a'), submit('b'));
      for (const event of answersFirst ? [answer, arrival] : [arrival, answer]) session.then(event);
      expect(shown(session.state)).toEqual([
        'message 1: delivered',
        'a: delivered',
        'message 3: delivered',
        'b: sending',
      ]);
      expect(itemAt(session.state, 1)).toMatchObject({ key: 'a', mine: true });
      expect(session.state.outbox.inFlight).toBe('b');
    }
  });

  test('a message of another user with the same id is not an echo', () => {
    const session = drive(
      { type: 'reconnect' },
      opened(),
      submit('a'),
      received(echo(1, 'a', { from: 'user2' })),
    );
    expect(shown(session.state)).toEqual(['a: delivered', 'a: sending']);
  });

  test('a message whose answer was lost is retried with the same id, before later messages', () => {
    const session = drive({ type: 'reconnect' }, opened(), submit('a'), submit('b'), lost());
    session.then(sendFailed('a', 'may-not-have-arrived'));
    expect(sentIds(session.effects)).toEqual([]);
    session.then(opened({ resumed: true }));
    expect(sentIds(session.effects)).toEqual(['a']);
  });

  test('a message whose answer was lost but whose echo arrived is not retried', () => {
    const session = drive({ type: 'reconnect' }, opened(), submit('a'), received(echo(1, 'a')), lost());
    session.then(sendFailed('a', 'may-not-have-arrived'));
    session.then(opened({ resumed: true, head: 1 }));
    expect(sentIds(session.effects)).toEqual([]);
    expect(shown(session.state)).toEqual(['a: delivered']);
  });

  test('a message is not retried after a day: the server may have forgotten the id', () => {
    const session = drive({ type: 'reconnect' }, opened(), submit('a'), lost(), sendFailed('a', 'timed-out'));
    session.then(opened({ resumed: true }), 24 * 60 * 60 * 1000);
    expect(sentIds(session.effects)).toEqual([]);
    expect(itemAt(session.state, 0)?.delivery).toMatchObject({ reason: { code: 'may-not-have-arrived' } });
  });

  test('a message is not retried after the machine slept for a day', () => {
    const session = drive({ type: 'reconnect' }, opened(), submit('a'), lost(), sendFailed('a', 'timed-out'));
    // The monotonic clock may have stopped meanwhile.
    session.jump(24 * 60 * 60 * 1000);
    session.then(opened({ resumed: true }));
    expect(sentIds(session.effects)).toEqual([]);
  });

  test('a message is not retried after a day, even if the wall clock was set back', () => {
    const session = drive({ type: 'reconnect' }, opened(), submit('a'), lost(), sendFailed('a', 'timed-out'));
    session.jump(-24 * 60 * 60 * 1000);
    session.then(opened({ resumed: true }), 24 * 60 * 60 * 1000);
    expect(sentIds(session.effects)).toEqual([]);
  });

  test('a retried message that is older than the list is removed from the outbox', () => {
    const session = drive({ type: 'reconnect' }, opened(), submit('a'), lost(), sendFailed('a', 'timed-out'));
    session.then(opened({ head: 900 }));
    session.then(received(message(899), message(900)));
    session.then({ type: 'sent', id: 'a', sent: { sequence: 1 } });
    expect(shown(session.state)).toEqual(['message 899: delivered', 'message 900: delivered']);
  });

  test.each<ErrorCode>(['message-refused', 'message-too-large', 'internal'])(
    'a message that fails with %s is marked with the reason, and the next one is sent',
    (code) => {
      const session = drive({ type: 'reconnect' }, opened(), submit('a'), submit('b'), sendFailed('a', code));
      expect(itemAt(session.state, 0)?.delivery).toMatchObject({ type: 'failed', reason: { code } });
      expect(sentIds(session.effects)).toEqual(['b']);
    },
  );

  test.each([
    ['internal', 'may-not-have-arrived'],
    ['message-refused', 'message-refused'],
  ] as const)('after a lost answer, %s is shown as %s', (code, shownAs) => {
    const session = drive({ type: 'reconnect' }, opened(), submit('a'));
    session.then(sendFailed('a', 'may-not-have-arrived'));
    session.then({ type: 'waited', timer: 'send' });
    session.then(sendFailed('a', code));
    expect(itemAt(session.state, 0)?.delivery).toMatchObject({ type: 'failed', reason: { code: shownAs } });
  });

  test('a rate limit pauses the outbox for the requested delay, in order', () => {
    const session = drive({ type: 'reconnect' }, opened(), submit('a'), submit('b'));
    session.then(sendFailed('a', 'rate-limited', 400));
    expect(session.effects).toEqual([{ type: 'wait', timer: 'send', milliseconds: 400 }]);
    expect(session.state.outbox.paused).toMatchObject({ until: 400, reason: { code: 'rate-limited' } });
    session.then({ type: 'waited', timer: 'send' });
    expect(sentIds(session.effects)).toEqual(['a']);
  });

  test('a message submitted during the pause waits, too', () => {
    const session = drive({ type: 'reconnect' }, opened(), submit('a'), sendFailed('a', 'rate-limited', 400));
    session.then(submit('b'));
    expect(session.effects).toEqual([]);
  });

  test('a delivered message outside the history of a new list is removed from the outbox', () => {
    const session = drive({ type: 'reconnect' }, openedElsewhere, received(), submit('a'));
    session.then({ type: 'sent', id: 'a', sent: { sequence: undefined } });
    session.then(lost());
    session.then(openedElsewhere);
    session.then(received(message(0)));
    expect(shown(session.state)).toEqual(['message 0: delivered']);
  });

  test('a message whose answer was lost is not retried on a server without ids', () => {
    const session = drive({ type: 'reconnect' }, opened(), submit('a'), lost(), sendFailed('a', 'timed-out'));
    session.then(openedElsewhere);
    expect(sentIds(session.effects)).toEqual([]);
    expect(itemAt(session.state, 0)?.delivery).toMatchObject({ reason: { code: 'may-not-have-arrived' } });
  });

  test('a refused login stops the session and keeps the message for the next login', () => {
    const session = drive({ type: 'reconnect' }, opened(), submit('a'), sendFailed('a', 'login-refused'));
    expect(session.state.phase.type).toBe('refused');
    session.then({ type: 'reconnect' });
    session.then(opened({ resumed: true }));
    expect(sentIds(session.effects)).toEqual(['a']);
  });

  test('failed messages are sent again with their old ids, in order, after waiting messages', () => {
    const session = drive({ type: 'reconnect' }, opened(), submit('a'), submit('b'), submit('c'));
    session.then(sendFailed('a', 'message-refused'));
    session.then(sendFailed('b', 'message-refused'));
    session.then({ type: 'resend' });
    expect(shown(session.state)).toEqual(['c: sending', 'a: sending', 'b: sending']);
    session.then({ type: 'sent', id: 'c', sent: { sequence: 1 } });
    expect(sentIds(session.effects)).toEqual(['a']);
  });

  test('a message that may have arrived is not retried on a server with another log', () => {
    const session = drive({ type: 'reconnect' }, opened(), submit('a'), submit('b'));
    session.then(sendFailed('a', 'may-not-have-arrived'));
    session.then(lost());
    session.then(opened({ logId: 'other' }));
    expect(sentIds(session.effects)).toEqual(['b']);
    expect(shown(session.state)).toEqual(['a: failed', 'b: sending']);
    session.then(lost());
    session.then(opened({ logId: 'third' }));
    session.then(sendFailed('b', 'may-not-have-arrived'));
    expect(shown(session.state)).toEqual(['a: failed', 'b: failed']);
  });

  test('a session leaves a server that cannot store messages and retries on another with the old id', () => {
    const session = drive(
      { type: 'reconnect' },
      opened({ server: { address: 'a', others: 1 } }),
      submit('a'),
    );
    session.then(sendFailed('a', 'may-not-have-arrived'));
    expect(session.state.phase.type).toBe('live');
    session.then({ type: 'waited', timer: 'send' });
    session.then(sendFailed('a', 'may-not-have-arrived'));
    expect(session.state.phase.type).toBe('reconnecting');
    expect(session.effects).toContainEqual({ type: 'unsubscribe' });
    expect(session.effects).toContainEqual({ type: 'wait', timer: 'reconnect', milliseconds: 250 });
    session.then({ type: 'waited', timer: 'reconnect' });
    session.then(opened({ server: { address: 'b', others: 1 }, resumed: true }));
    expect(sentIds(session.effects)).toEqual(['a']);

    const only = drive({ type: 'reconnect' }, opened(), submit('a'));
    for (let tries = 1; tries <= 5; tries++) {
      only.then(sendFailed('a', 'may-not-have-arrived'));
      expect(only.state.phase.type).toBe('live');
      only.then({ type: 'waited', timer: 'send' });
    }
  });

  test('a failed message can be discarded, one in flight cannot', () => {
    const session = drive(
      { type: 'reconnect' },
      opened(),
      submit('a'),
      submit('b'),
      sendFailed('a', 'message-refused'),
    );
    session.then({ type: 'discard', key: 'a' });
    session.then({ type: 'discard', key: 'b' });
    expect(shown(session.state)).toEqual(['b: sending']);
  });
});
