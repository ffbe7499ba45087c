import { expect, test } from '@jest/globals';
import { AppDriver, message } from '../../../../test/support/app-driver.js';
import { ChatError } from '../../../shared/errors.js';
import type { SessionEvent } from '../../session/events.js';
import { initialAppState } from '../state/app-state.js';
import { statusText } from '../frame/status-text.js';

function opened(address: string, logId: string, resumed = false): SessionEvent {
  const server = { address, others: 1 };
  const limits = { maxTextBytes: undefined, maxImageBytes: undefined };
  return { type: 'opened', opened: { type: 'opened', logId, head: 1, resumed, ...limits, server } };
}

const lost: SessionEvent = { type: 'lost', reason: new ChatError('unreachable', 'gone') };
const received = (sequence: number): SessionEvent => ({ type: 'received', messages: [message(sequence)] });
const whoOf = ({ state, now }: AppDriver): string => statusText(state, now).who;

test('the status line shows the server in use, or all servers if none is in use', () => {
  const app = new AppDriver(initialAppState('a:1,b:1', undefined)).sessionEvents({ type: 'reconnect' });
  expect(whoOf(app)).toBe('user1 @ a:1,b:1');
  app.sessionEvents(opened('b:1', 'log'), received(1));
  expect(whoOf(app)).toBe('user1 @ b:1');
  app.sessionEvents(lost);
  expect(whoOf(app)).toBe('user1 @ a:1,b:1');
  const named = new AppDriver(initialAppState('work', undefined)).sessionEvents({ type: 'reconnect' });
  expect(whoOf(named.sessionEvents(opened('b:1', 'log')))).toBe('user1 @ work (b:1)');
});

test('a server with another log resets the list, with a notice', () => {
  const app = new AppDriver(initialAppState('a,b', undefined)).sessionEvents({ type: 'reconnect' });
  app.sessionEvents(opened('a', 'log'), received(1), lost, opened('b', 'log', true));
  expect(app.notice).toBeUndefined();
  app.sessionEvents(lost).sessionEvents(opened('a', 'other'));
  expect(app.notice).toBe('a has a different history: the list was reset.');
  expect(app.sessionEvents(received(7)).shownTexts()).toEqual(['message 7']);
});
