import { expect, test } from '@jest/globals';
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
