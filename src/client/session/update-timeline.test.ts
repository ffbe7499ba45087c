import { describe, expect, test } from '@jest/globals';
import {
  drive,
  opened,
  openedElsewhere,
  message,
  received,
  lost,
  shown,
} from '../../../test/support/session-driver.js';
import { messageDigest } from '../../shared/message-digest.js';
import { itemAt, itemCount } from './state.js';

describe('the timeline of a session', () => {
  test('resumes after the last message and shows a repeated message once', () => {
    const session = drive(
      { type: 'reconnect' },
      opened({ head: 2 }),
      received(message(1), message(2)),
      lost(),
    );
    session.then({ type: 'waited', timer: 'reconnect' });
    expect(session.effects).toContainEqual({
      type: 'subscribe',
      cursor: { logId: 'log', after: 2, digest: messageDigest(message(2)) },
    });
    session.then(opened({ head: 3, resumed: true }));
    session.then(received(message(2), message(3), message(3)));
    expect(shown(session.state)).toEqual(
      ['message 1', 'message 2', 'message 3'].map((text) => `${text}: delivered`),
    );
  });

  test('resumes from an empty log with the digest of the server', () => {
    const digest = 'd'.repeat(64);
    const session = drive({ type: 'reconnect' }, opened({ head: 7, headDigest: digest }), received(), lost());
    session.then({ type: 'waited', timer: 'reconnect' });
    expect(session.effects).toContainEqual({ type: 'subscribe', cursor: { logId: 'log', after: 7, digest } });
  });

  test('gives a message a new key when the same log sends a new list', () => {
    const session = drive({ type: 'reconnect' }, opened({ head: 1 }), received(message(1)), lost());
    const before = itemAt(session.state, 0)?.key;
    session.then(opened({ head: 1, resumed: false }));
    session.then(received(message(1, { from: 'user3' })));
    expect(shown(session.state)).toEqual(['message 1: delivered']);
    expect(itemAt(session.state, 0)?.key).not.toBe(before);
  });

  test('starts a new list with the first batch if the server did not resume', () => {
    const session = drive(
      { type: 'reconnect' },
      opened({ head: 2 }),
      received(message(1), message(2)),
      lost(),
    );
    session.then(opened({ logId: 'other', head: 9 }));
    expect(itemCount(session.state)).toBe(2);
    session.then(received(message(8), message(9)));
    expect(shown(session.state)).toEqual(['message 8: delivered', 'message 9: delivered']);
  });

  test('after a loss the other servers are tried almost at once, before any backoff', () => {
    const server = { address: 'a', others: 2 };
    const session = drive({ type: 'reconnect' }, opened({ server, head: 0 }), received(), lost());
    const waits = () =>
      session.effects.flatMap((effect) => (effect.type === 'wait' ? [effect.milliseconds] : []));
    expect(waits()).toEqual([250]);
    session.then(opened({ server: { ...server, address: 'b' }, resumed: true }));
    expect(session.state.server?.address).toBe('b');
    session.then(lost());
    expect(waits()).toEqual([250]);
    session.then(opened({ server, resumed: true }));
    session.then(lost());
    expect(waits()).toEqual([3000]);
    session.then(lost());
    expect(waits()).toEqual([6000]);
  });

  test('a connection lost before the first batch leaves no cursor of the other log', () => {
    const session = drive(
      { type: 'reconnect' },
      opened({ head: 2 }),
      received(message(1), message(2)),
      lost(),
    );
    session.then(opened({ logId: 'other', head: 9 }));
    session.then(lost());
    session.then({ type: 'waited', timer: 'reconnect' });
    expect(session.effects).toContainEqual({ type: 'subscribe', cursor: undefined });
  });

  test('an empty first batch moves the cursor to the head', () => {
    const session = drive({ type: 'reconnect' }, opened({ head: 50 }), received(), lost());
    session.then({ type: 'waited', timer: 'reconnect' });
    expect(session.effects).toContainEqual({ type: 'subscribe', cursor: { logId: 'log', after: 50 } });
  });

  test('a server without a log gets no cursor', () => {
    const session = drive({ type: 'reconnect' }, openedElsewhere, received(message(0)), lost());
    session.then({ type: 'waited', timer: 'reconnect' });
    expect(session.effects).toContainEqual({ type: 'subscribe', cursor: undefined });
  });
});
