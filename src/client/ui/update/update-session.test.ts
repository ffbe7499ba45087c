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
  expect(app.state.notice).toBeUndefined();
  app.sessionEvents(lost).sessionEvents(opened('a', 'other'));
  expect(app.state.notice).toBe('a has a different history: the list was reset.');
  expect(app.sessionEvents(received(7)).shownTexts()).toEqual(['message 7']);
});

test('an own message shows for two seconds that it was delivered', () => {
  const app = new AppDriver().connect();
  const draft = { id: 'own', timestamp: app.now, type: 0, content: new Uint8Array() };
  const marked = () => [...app.state.deliveredUntilMs.keys()];
  app.sessionEvents({ type: 'submit', draft });
  expect(marked()).toEqual([]);
  app.sessionEvents({ type: 'sent', id: 'own', sent: { sequence: 1 } });
  expect(marked()).toEqual(['own']);
  expect(app.asked('wait').map(({ delayMs }) => delayMs)).toContain(2000);
  // The echo does not start the two seconds again.
  app.now += 500;
  app.sessionEvents({ type: 'received', messages: [{ ...message(1, 'user1'), id: 'own' }] });
  expect(app.wait(1499).state.deliveredUntilMs.size).toBe(1);
  expect(app.wait(1).state.deliveredUntilMs.size).toBe(0);
});

test('a failed message does not show that it was delivered, nor do those of the history', () => {
  const app = new AppDriver().connect([message(1, 'user1')]);
  const draft = { id: 'own', timestamp: app.now, type: 0, content: new Uint8Array() };
  app.sessionEvents({ type: 'submit', draft });
  app.sessionEvents({
    type: 'send-failed',
    id: 'own',
    reason: new ChatError('message-too-large', 'too long'),
  });
  expect(app.state.session?.outbox.entries[0]?.item.delivery.type).toBe('failed');
  expect(app.state.deliveredUntilMs.size).toBe(0);
});
