import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { AppDriver, message } from '../../../../test/support/app-driver.js';
import { ChatError } from '../../../shared/errors.js';
import type { SessionEvent } from '../../session/events.js';
import { initialAppState } from '../state/app-state.js';
import { createLoginForm } from '../login/login-form.js';
import { loginFormOf } from '../state/mode.js';
import { statusText } from '../frame/status-text.js';

function opened(address: string, logId: string, resumed = false): SessionEvent {
  const server = { address, others: 1 };
  const limits = { maxTextBytes: undefined, maxImageBytes: undefined };
  return { type: 'opened', opened: { type: 'opened', logId, head: 1, resumed, ...limits, server } };
}

const lost: SessionEvent = { type: 'lost', reason: new ChatError('unreachable', 'the server is gone') };
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

/** A form of a user who corrects the address after a failed attempt, and the same user before a trust question. */
const loginScreens = {
  'an edited form': (app: AppDriver) => app.keys('shift+tab', 'shift+tab').type('x'),
  'a form with another field chosen': (app: AppDriver) => app.keys('up'),
  'a trust question': (app: AppDriver) =>
    app.keys('enter').send({ type: 'trust-asked', server: 'a:1', fingerprint: 'AB:CD' }),
};

const unreachable = new ChatError('unreachable', 'gone');

/** Everything that an attempt, or the session of an earlier one, may report. */
const attemptEvents: readonly ((app: AppDriver) => AppDriver)[] = [
  (app) => app.sessionEvents({ type: 'reconnect' }),
  (app) => app.sessionEvents(lost),
  (app) => app.sessionEvents(opened('a:1', 'log')),
  (app) => app.sessionEvents(received(1)),
  (app) => app.sessionEvents({ type: 'lost', reason: new ChatError('login-refused', 'no') }),
  (app) => app.sessionEvents({ type: 'lost', reason: new ChatError('certificate-untrusted', 'no') }),
  (app) => app.sessionEvents({ type: 'waited', timer: 'reconnect' }),
  (app) => app.sessionEvents({ type: 'disconnect' }),
  (app) => app.send({ type: 'login-failed', reason: unreachable }),
];

test.each(Object.entries(loginScreens))('no event of an attempt changes %s', (_, prepare) => {
  fc.assert(
    fc.property(fc.array(fc.constantFrom(...attemptEvents), { maxLength: 12 }), (events) => {
      const form = createLoginForm({ address: 'a:1', user: 'user1', password: 'secret' });
      const app = new AppDriver(initialAppState('a:1', form)).keys('enter');
      app.sessionEvents({ type: 'reconnect' }, lost);
      const { mode } = prepare(app).state;
      app.effects = [];
      for (const event of events) event(app);
      expect(app.state.mode).toEqual(mode);
      expect(app.asked('quit')).toEqual([]);
    }),
  );
});

test('a failed attempt is shown once and not repeated; editing the form stops a running one', () => {
  const form = createLoginForm({ address: 'a:1', user: 'user1', password: 'secret' });
  const app = new AppDriver(initialAppState('a:1', form)).keys('enter').sessionEvents({ type: 'reconnect' });
  app.sessionEvents(lost);
  expect(app.asked('stop-login')).toHaveLength(1);
  expect(app.state.mode).toMatchObject({
    form: { busy: false, problem: 'The server is gone. Press Enter to try again.' },
  });
  app.keys('enter', 'enter').type('x');
  expect(app.asked('log-in')).toHaveLength(2);
  expect(app.asked('stop-login')).toHaveLength(2);
});

test('a question of an attempt that the user has left is answered with no', () => {
  const form = createLoginForm({ address: 'a:1', user: 'user1', password: 'secret' });
  const app = new AppDriver(initialAppState('a:1', form)).keys('enter').type('x');
  app.send({ type: 'trust-asked', server: 'a:1', fingerprint: 'AB:CD' });
  expect(app.state.mode).toMatchObject({ form: { question: undefined } });
  expect(app.asked('answer-trust')).toEqual([{ type: 'answer-trust', trusted: false }]);
});

test('a login that was accepted before and is refused now is not called a wrong password', () => {
  const problemAfter = (app: AppDriver, text: string) =>
    loginFormOf(app.sessionEvents({ type: 'lost', reason: new ChatError('login-refused', text) }).state.mode)
      ?.problem;
  const accepted = () => new AppDriver().connect();
  expect(problemAfter(accepted(), 'your password was changed')).toBe(
    'Your password was changed: log in again.',
  );
  expect(problemAfter(accepted(), 'your account was removed')).toBe('Your account was removed.');
  expect(problemAfter(accepted().sessionEvents(lost), 'wrong user or password')).toBe(
    'Your login is no longer accepted: log in again.',
  );
  const first = new AppDriver().sessionEvents({ type: 'reconnect' });
  expect(problemAfter(first, 'wrong user or password')).toBe('Login refused: wrong user or password.');
});
