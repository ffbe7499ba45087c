import { describe, expect, test } from '@jest/globals';
import type { LoginForm } from '../state/mode.js';
import { createLoginForm } from './login-form.js';
import { loginView } from './login-view.js';

const fingerprint = Array.from({ length: 32 }, (_, index) => (index + 16).toString(16).toUpperCase()).join(
  ':',
);
const form = createLoginForm({ address: 'localhost', user: 'anna', password: '' });
const question: LoginForm = { ...form, question: { server: 'chat.example.org:65002', fingerprint } };
const texts = (shown: LoginForm, columns: number, height: number) =>
  loginView(shown, { columns }, height).view.message.map(({ text }) => text);

describe('the trust question', () => {
  test.each([
    [80, 23],
    [40, 9],
    [30, 12],
  ])('is complete in %d×%d, with the fingerprint in rows of whole bytes', (columns, height) => {
    const rows = texts(question, columns, height);
    const all = rows.join(' ');
    expect(all).toMatch(/^The certificate of chat\.example\.org:65002 is new here\..* y\/n$/);
    expect(rows.join('')).toContain(fingerprint);
    const bytes = rows.filter((row) => /^[0-9A-F]{2}:/.test(row)).map((row) => row.split(':').length);
    expect(new Set(bytes.slice(0, -1)).size).toBeLessThanOrEqual(1);
  });

  test('replaces the fields and the caret', () => {
    const { view, caret } = loginView(question, { columns: 80 }, 23);
    expect(view.fields).toEqual([]);
    expect(caret).toBeUndefined();
  });

  test('shows its end if it does not fit', () => {
    expect(texts(question, 20, 5).at(-1)).toMatch(/y\/n$/);
  });
});

test('the smallest screen shows why a login failed', () => {
  const refused = { ...form, problem: 'Login refused: wrong user or password.' };
  const { view, caret } = loginView(refused, { columns: 20 }, 5);
  expect(view).toMatchObject({ hasTitle: false, hasGap: false, top: 0 });
  expect(view.message.map(({ text }) => text)).toEqual(['Login refused:', 'wrong user or']);
  expect(caret).toEqual({ x: 13, y: 2 });
});

test('a form that ignores what is typed shows no caret, and which key ends that', () => {
  const opened = { ...form, problem: 'Your password was changed.', ignoresTyping: true };
  const { view, caret } = loginView(opened, { columns: 80 }, 23);
  expect(caret).toBeUndefined();
  expect(view.message.map(({ text }) => text)).toEqual([
    'Your password was changed.',
    'Press Enter to log in again.',
  ]);
  expect(texts(opened, 20, 5)).toEqual(['Press Enter to log', 'in again.']);
  expect(texts({ ...question, ignoresTyping: true }, 80, 23).at(-1)).toBe('Press Enter to answer.');
});

test('the fields do not move when a message appears', () => {
  const place = (shown: LoginForm) => loginView(shown, { columns: 80 }, 23).caret;
  expect(place({ ...form, problem: 'Login refused: wrong user or password.' })).toEqual(place(form));
});
