import { describe, expect, test } from '@jest/globals';
import { drive, opened, openedElsewhere, message, received } from '../../../test/support/session-driver.js';
import { ChatError } from '../../shared/errors.js';

describe('previous pages', () => {
  const live = [{ type: 'reconnect' }, opened({ head: 11 }), received(message(10), message(11))] as const;

  test('are loaded one at a time, until there are none', () => {
    const session = drive(...live, { type: 'load-previous-page' });
    expect(session.effects).toEqual([{ type: 'fetch-previous-page', room: 0, before: 10, limit: 200 }]);
    session.then({ type: 'load-previous-page' });
    expect(session.effects).toEqual([]);
    session.then({
      type: 'previous-page',
      room: 0,
      before: 10,
      messages: [message(10), message(9), message(8), message(9)],
    });
    expect(session.state.timeline.items.length).toBe(4);
    expect(session.state.previousPage.type).toBe('more');
    session.then({ type: 'load-previous-page' });
    session.then({ type: 'previous-page', room: 0, before: 8, messages: [] });
    expect(session.state.previousPage.type).toBe('none');
  });

  test('a failure has a reason and can be retried, but not if the server has no history', () => {
    const session = drive(...live, { type: 'load-previous-page' });
    session.then({
      type: 'previous-page-failed',
      room: 0,
      before: 10,
      reason: new ChatError('timed-out', 'late'),
    });
    expect(session.state.previousPage).toMatchObject({ type: 'failed', reason: { code: 'timed-out' } });
    session.then({ type: 'load-previous-page' });
    session.then({
      type: 'previous-page-failed',
      room: 0,
      before: 10,
      reason: new ChatError('unsupported', 'no'),
    });
    expect(session.state).toMatchObject({ previousPage: { type: 'none' }, extensions: false });
  });

  test('a list without sequences has no previous page', () => {
    const session = drive({ type: 'reconnect' }, openedElsewhere, received(message(0)), {
      type: 'load-previous-page',
    });
    expect(session.effects).toEqual([]);
    expect(session.state.previousPage.type).toBe('none');
  });

  test('a list that begins with the first message requests no page', () => {
    const session = drive({ type: 'reconnect' }, opened({ head: 1 }), received(message(1)), {
      type: 'load-previous-page',
    });
    expect(session.effects).toEqual([]);
    expect(session.state.previousPage.type).toBe('none');
  });
});
