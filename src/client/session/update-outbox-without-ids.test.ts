import { describe, expect, test } from '@jest/globals';
import {
  drive,
  openedElsewhere,
  draft,
  submit,
  received,
  echo,
  lost,
  sendFailed,
  shown,
  sentIds,
} from '../../../test/support/session-driver.js';
import { encodeText } from '../../shared/text.js';
import { itemAt, itemCount } from './state.js';

describe('sending to a server without ids', () => {
  test('an echo is recognised by author, time, type and content, and only once', () => {
    const session = drive({ type: 'reconnect' }, openedElsewhere);
    session.then({ type: 'submit', draft: { ...draft('a'), content: encodeText('same') } });
    session.then({ type: 'submit', draft: { ...draft('b'), content: encodeText('same') } });
    const bare = { id: '', content: encodeText('same') };
    session.then(received(echo(0, 'a', { ...bare, from: 'user2' }), echo(0, 'a', { ...bare, timestamp: 1 })));
    expect(session.state.outbox.entries.length).toBe(2);
    session.then(received(echo(0, 'a', bare)));
    expect(session.state.outbox.entries.map((entry) => entry.draft.id)).toEqual(['b']);
    session.then(received(echo(0, 'b', bare)));
    expect(session.state.outbox.entries).toEqual([]);
    expect(itemCount(session.state)).toBe(4);
  });

  test('a message whose answer was lost is not retried', () => {
    const session = drive({ type: 'reconnect' }, openedElsewhere, submit('a'), submit('b'), lost());
    session.then(sendFailed('a', 'may-not-have-arrived'));
    session.then(openedElsewhere);
    expect(sentIds(session.effects)).toEqual(['b']);
    expect(itemAt(session.state, 0)?.delivery).toMatchObject({ reason: { message: 'may not have arrived' } });
    session.then({ type: 'resend', key: 'a' });
    session.then({ type: 'sent', id: 'b', sent: { sequence: undefined } });
    expect(sentIds(session.effects)).toEqual(['a']);
  });

  test('a message that was not sent is sent after the reconnect', () => {
    const session = drive(
      { type: 'reconnect' },
      openedElsewhere,
      submit('a'),
      lost(),
      sendFailed('a', 'unreachable'),
    );
    session.then(openedElsewhere);
    expect(sentIds(session.effects)).toEqual(['a']);
  });

  test('a failed message that did arrive is shown as delivered when the history is repeated', () => {
    const session = drive({ type: 'reconnect' }, openedElsewhere, submit('a'), lost());
    session.then(sendFailed('a', 'may-not-have-arrived'));
    session.then(openedElsewhere);
    session.then(received(echo(0, 'a', { id: '' })));
    expect(shown(session.state)).toEqual(['a: delivered']);
  });
});
