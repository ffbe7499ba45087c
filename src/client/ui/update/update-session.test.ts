import { describe, expect, test } from '@jest/globals';
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

test('an own message shows for two seconds that it was delivered', () => {
  const app = new AppDriver().connect();
  const draft = { room: 0, id: 'own', timestamp: app.now, type: 0, content: new Uint8Array() };
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
  const draft = { room: 0, id: 'own', timestamp: app.now, type: 0, content: new Uint8Array() };
  app.sessionEvents({ type: 'submit', draft });
  app.sessionEvents({
    type: 'send-failed',
    id: 'own',
    reason: new ChatError('message-too-large', 'too long'),
  });
  expect(app.state.session?.outbox.entries[0]?.item.delivery.type).toBe('failed');
  expect(app.state.deliveredUntilMs.size).toBe(0);
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
  expect(problemAfter(accepted(), 'your password was changed')).toBe('Your password was changed.');
  expect(problemAfter(accepted(), 'your account was removed')).toBe('Your account was removed.');
  expect(problemAfter(accepted().sessionEvents(lost), 'wrong user or password')).toBe(
    'Your login is no longer accepted.',
  );
  const first = new AppDriver().sessionEvents({ type: 'reconnect' });
  expect(problemAfter(first, 'wrong user or password')).toBe('Login refused: wrong user or password.');
});

describe('a login screen that opens while the user is writing', () => {
  const passwordChanged = new ChatError('login-refused', 'your password was changed');
  const form = ({ state }: AppDriver) => loginFormOf(state.mode);
  const opened = () =>
    new AppDriver().connect().type('a draft').sessionEvents({ type: 'lost', reason: passwordChanged });

  test.each(['enter', 'tab'])('ignores all input until %s, and keeps the draft', (key) => {
    const app = opened().type(' goes on').input({ type: 'paste', text: 'a\nb' }).keys('backspace', 'ctrl+d');
    expect(form(app)).toEqual(form(opened()));
    app.keys(key).type('qwerty');
    expect(form(app)?.fields.password.text).toBe('qwerty');
    expect(app.asked('log-in')).toEqual([]);
    expect(app.asked('quit')).toEqual([]);
    app.keys('enter', 'ctrl+c');
    expect(app.asked('log-in')).toHaveLength(1);
    expect(app.draft).toBe('a draft');
  });

  test('takes no answer to a certificate question until Enter', () => {
    const app = new AppDriver().connect().send({ type: 'trust-asked', server: 'a:1', fingerprint: 'AB:CD' });
    expect(app.type('y').asked('answer-trust')).toEqual([]);
    expect(app.keys('enter').type('y').asked('answer-trust')).toHaveLength(1);
  });

  test('takes what is typed at once after a failed attempt, or without a draft before the first login', () => {
    const again = opened().keys('enter').type('wrong').keys('enter');
    again.send({ type: 'login-failed', reason: passwordChanged }).type('right');
    expect(form(again)?.fields.password.text).toBe('right');
    const refused: SessionEvent = { type: 'lost', reason: new ChatError('login-refused', 'no') };
    const first = new AppDriver().sessionEvents({ type: 'reconnect' }, refused).type('qwerty');
    expect(form(first)?.fields.password.text).toBe('qwerty');
    const writing = new AppDriver().type('x').sessionEvents({ type: 'reconnect' }, refused).type('y');
    expect(form(writing)?.fields.password.text).toBe('');
  });
});
