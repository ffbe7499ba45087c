import { describe, expect, test } from '@jest/globals';
import { AppDriver } from '../../../../test/support/app-driver.js';
import { ChatError } from '../../../shared/errors.js';
import { initialAppState } from '../state/app-state.js';
import { loginFormOf } from '../state/mode.js';
import { createLoginForm, loginValues, pressKeyInForm, submitForm, typeIntoForm } from './login-form.js';

const unknown = { address: 'localhost', user: '', password: '' };

test('Tab and the arrows cycle through the fields in both directions', () => {
  const form = createLoginForm(unknown);
  expect(form.focus).toBe('user');
  const walk = (...keys: string[]) => keys.reduce((at, key) => pressKeyInForm(at, key) ?? at, form).focus;
  expect([walk('tab'), walk('down', 'tab'), walk('up'), walk('shift+tab', 'up')]).toEqual([
    'password',
    'address',
    'address',
    'password',
  ]);
});

test('Enter moves to the first empty field, and completes a filled form', () => {
  const named = typeIntoForm(createLoginForm(unknown), 'anna');
  const asked = submitForm(named);
  expect({ focus: asked.form.focus, complete: asked.complete }).toEqual({
    focus: 'password',
    complete: false,
  });
  const filled = typeIntoForm(asked.form, 'correct horse\nand more');
  expect(submitForm(filled)).toMatchObject({ complete: true, form: { busy: true } });
  expect(loginValues(filled)).toEqual({ address: 'localhost', user: 'anna', password: 'correct horse' });
});

test('Enter in another field of a filled form moves to the password first', () => {
  const filled = createLoginForm({ address: 'localhost', user: 'anna', password: 'correct horse' });
  const onUser = pressKeyInForm(filled, 'up') ?? filled;
  expect(submitForm(onUser)).toMatchObject({ complete: false, form: { focus: 'password', busy: false } });
});

test('the key for a new line does nothing in a form', () => {
  expect(pressKeyInForm(createLoginForm(unknown), 'ctrl+j')).toBeUndefined();
});

describe('the login screen', () => {
  const driver = () => new AppDriver(initialAppState('localhost', createLoginForm(unknown)));
  const loggingIn = () => {
    const log = driver().type('user1').keys('enter').type('qwerty').keys('enter');
    log.effects = [];
    return log;
  };

  test('Enter moves from the user to the password, and logs in from there', () => {
    const log = driver().type('user1').keys('enter').type('qwerty').keys('enter');
    expect(log.effects).toEqual([
      { type: 'log-in', address: 'localhost', user: 'user1', password: 'qwerty' },
    ]);
  });

  test('a failed login shows the reason, with the focus in an empty password field', () => {
    const log = driver().type('user1').keys('enter').type('wrong').keys('enter');
    log.sessionEvents({ type: 'reconnect' }, { type: 'lost', reason: new ChatError('login-refused', 'no') });
    expect(loginFormOf(log.state.mode)).toMatchObject({
      focus: 'password',
      problem: 'Login refused: wrong user or password.',
    });
    expect(loginFormOf(log.state.mode)?.fields.password.text).toBe('');
    expect(loginFormOf(log.state.mode)?.fields.user.text).toBe('user1');
  });

  test('the conversation starts when the server accepts the login', () => {
    expect(loggingIn().connect().state.mode.type).toBe('conversation');
  });

  test('an untrusted certificate ends the program on every screen', () => {
    const reason = new ChatError('certificate-untrusted', 'the certificate has changed');
    expect(loggingIn().send({ type: 'login-failed', reason }).effects).toEqual([{ type: 'quit', reason }]);
    const talking = new AppDriver().connect().sessionEvents({ type: 'lost', reason });
    expect(talking.effects).toContainEqual({ type: 'quit', reason });
  });

  test('an unknown certificate is trusted only after an explicit yes', () => {
    const asked = loggingIn().send({ type: 'trust-asked', server: 'localhost:65002', fingerprint: 'AB:CD' });
    expect(asked.type('x').input({ type: 'paste', text: 'no way' }).keys('enter').effects).toEqual([]);
    expect(asked.type('y').effects).toEqual([{ type: 'answer-trust', trusted: true }]);
  });
});
