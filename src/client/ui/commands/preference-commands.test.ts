import { describe, expect, test } from '@jest/globals';
import { AppDriver, message } from '../../../../test/support/app-driver.js';
import { backgroundOf } from '../state/app-state.js';

describe('/ignore', () => {
  test('hides what a name wrote and writes, in any case, until /unignore', () => {
    const driver = new AppDriver().connect([message(1, 'Noisy'), message(2, 'user2')]);
    driver.type('/ignore noisy:').keys('enter').receive(3, 'NOISY');
    expect(driver.shownTexts()).toEqual(['message 2']);
    expect(driver.type('/unignore Noisy').keys('enter').shownTexts()).toHaveLength(3);
  });

  test('what is ignored is never unread', () => {
    const driver = new AppDriver()
      .connect([message(1)])
      .type('/ignore noisy')
      .keys('enter');
    driver.input({ type: 'focus', focused: false }).receive(2, 'noisy');
    expect(driver.state).toMatchObject({ reading: { unreadCount: 0, unreadKey: undefined } });
  });

  test('own messages cannot be hidden, and without a name it tells who is', () => {
    const driver = new AppDriver().connect().type('/ignore USER1').keys('enter');
    expect(driver.state.notice).toBe('Your own messages are always shown.');
    driver.keys('ctrl+u').type('/ignore').keys('enter');
    expect(driver.state.notice).toBe('No one is ignored.');
  });
});

test('/clear hides what is there and shows what comes; PgUp brings it back', () => {
  const driver = new AppDriver()
    .connect([message(1), message(2)])
    .type('/clear')
    .keys('enter')
    .receive(3);
  expect(driver.shownTexts()).toEqual(['message 3']);
  expect(driver.keys('pageup').shownTexts()).toHaveLength(3);
  expect(driver.asked('load-older')).toEqual([]);
});

test('/me is sent as a text that every client understands', () => {
  const driver = new AppDriver().connect().type('/me waves').keys('enter');
  expect(driver.submitted()).toEqual(['* user1 waves']);
});

test('/users lists who is online, or who has written where the server does not say', () => {
  const driver = new AppDriver()
    .connect([message(1, 'carl')])
    .type('/users')
    .keys('enter');
  expect(driver.state.mode).toEqual({ type: 'users', top: 0 });
  expect(driver.keys('escape').state.mode).toEqual({ type: 'conversation' });
});

test('a mistyped command stays in the draft with its usage', () => {
  const driver = new AppDriver().connect().type('/bell loud').keys('enter');
  expect(driver.state.notice).toBe('Usage: /bell off|mentions|all');
  expect(driver.draft).toBe('/bell loud');
});

describe('/theme', () => {
  const reply = (sequence: string) => ({ type: 'reply', sequence }) as const;

  test('takes the background that the terminal tells, at the start and when it changes', () => {
    const driver = new AppDriver().connect();
    expect(backgroundOf(driver.state)).toBeUndefined();
    expect(backgroundOf(driver.input(reply('\x1b]11;rgb:ffff/ffff/ffff\x1b\\')).state)).toBe('light');
    driver.type('/theme').keys('enter');
    expect(driver.state.notice).toBe('Using colours for a light background, as the terminal reports.');
  });

  test('names a background against what the terminal says, until auto', () => {
    const driver = new AppDriver().connect().input(reply('\x1b]11;rgb:0/0/0\x07'));
    expect(backgroundOf(driver.type('/theme light').keys('enter').state)).toBe('light');
    expect(backgroundOf(driver.type('/theme auto').keys('enter').state)).toBe('dark');
  });

  test('what it does not know stays in the draft', () => {
    const driver = new AppDriver().connect().type('/theme pink').keys('enter');
    expect(driver.state.notice).toBe('Usage: /theme auto|light|dark');
    expect(driver.draft).toBe('/theme pink');
  });
});
