import { expect, test } from '@jest/globals';
import { createLoginForm, loginValues, pressKeyInForm, submitForm, typeIntoForm } from './login-form.js';

const unknown = { address: 'localhost', user: '', password: '' };

test('Tab and the arrows go round the fields, in both directions', () => {
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

test('Enter goes to the field that lacks something before it says that the form is complete', () => {
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

test('Enter on a filled form, but elsewhere, goes to the password first', () => {
  const filled = createLoginForm({ address: 'localhost', user: 'anna', password: 'correct horse' });
  const onUser = pressKeyInForm(filled, 'up') ?? filled;
  expect(submitForm(onUser)).toMatchObject({ complete: false, form: { focus: 'password', busy: false } });
});

test('a key that makes a new line elsewhere does nothing in a form', () => {
  expect(pressKeyInForm(createLoginForm(unknown), 'ctrl+j')).toBeUndefined();
});
