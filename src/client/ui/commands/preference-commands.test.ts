import { describe, expect, test } from '@jest/globals';
import { AppDriver, message } from '../../../../test/support/app-driver.js';
import { brightnessOf } from '../../terminal/colour/terminal-colours.js';
import { type AppState, coloursOf } from '../state/app-state.js';

describe('/ignore', () => {
  test('hides earlier and later messages of a name, in any case, until /unignore', () => {
    const driver = new AppDriver().connect([message(1, 'Noisy'), message(2, 'user2')]);
    driver.type('/ignore noisy:').keys('enter').receive(3, 'NOISY');
    expect(driver.shownTexts()).toEqual(['message 2']);
    expect(driver.type('/unignore Noisy').keys('enter').shownTexts()).toHaveLength(3);
  });

  test('ignored messages are never unread', () => {
    const driver = new AppDriver()
      .connect([message(1)])
      .type('/ignore noisy')
      .keys('enter');
    driver.input({ type: 'focus', focused: false }).receive(2, 'noisy');
    expect(driver.state).toMatchObject({ reading: { unreadCount: 0, unreadKey: undefined } });
  });

  test('rejects the own name, and lists the ignored names without an argument', () => {
    const driver = new AppDriver().connect().type('/ignore USER1').keys('enter');
    expect(driver.notice).toBe('Your own messages are always shown.');
    driver.keys('ctrl+u').type('/ignore').keys('enter');
    expect(driver.notice).toBe('No one is ignored.');
  });
});

test('/clear hides the messages so far until PgUp, and shows later ones', () => {
  const driver = new AppDriver()
    .connect([message(1), message(2)])
    .type('/clear')
    .keys('enter')
    .receive(3);
  expect(driver.shownTexts()).toEqual(['message 3']);
  expect(driver.keys('pageup').shownTexts()).toHaveLength(3);
  expect(driver.asked('load-previous-page')).toEqual([]);
});

test('/me sends a text that every client can show', () => {
  const driver = new AppDriver().connect().type('/me waves').keys('enter');
  expect(driver.submitted()).toEqual(['* user1 waves']);
});

test('/users lists the online users, or recent authors if the server has no presence', () => {
  const driver = new AppDriver()
    .connect([message(1, 'carl')])
    .type('/users')
    .keys('enter');
  expect(driver.state.mode).toEqual({ type: 'users', top: 0 });
  expect(driver.keys('escape').state.mode).toEqual({ type: 'conversation' });
});

test('a command with a wrong argument stays in the draft, and its usage is shown', () => {
  const driver = new AppDriver().connect().type('/bell loud').keys('enter');
  expect(driver.notice).toBe('Usage: /bell off|mentions|all');
  expect(driver.draft).toBe('/bell loud');
});

test('/mouse off leaves the mouse to the terminal until /mouse on', () => {
  const driver = new AppDriver().connect().type('/mouse off').keys('enter');
  expect(driver.state.preferences.mouse).toBe('off');
  expect(driver.state.notice).toContain('drag selects text');
  driver.type('/mouse').keys('enter');
  expect(driver.state.notice).toContain('The terminal has the mouse');
  expect(driver.type('/mouse on').keys('enter').state.preferences.mouse).toBe('on');
});

describe('/theme', () => {
  const backgroundOf = (state: AppState) => brightnessOf(coloursOf(state));
  const reply = (sequence: string) => ({ type: 'reply', sequence }) as const;

  test('follows the background that the terminal reports, at the start and later', () => {
    const driver = new AppDriver().connect();
    expect(backgroundOf(driver.state)).toBeUndefined();
    expect(backgroundOf(driver.input(reply('\x1b]11;rgb:ffff/ffff/ffff\x1b\\')).state)).toBe('light');
    driver.type('/theme').keys('enter');
    expect(driver.notice).toBe('Using colours for a light background, as the terminal reports.');
  });

  test('overrides the background of the terminal until auto', () => {
    const driver = new AppDriver().connect().input(reply('\x1b]11;rgb:0/0/0\x07'));
    expect(backgroundOf(driver.type('/theme light').keys('enter').state)).toBe('light');
    expect(backgroundOf(driver.type('/theme auto').keys('enter').state)).toBe('dark');
  });

  test('leaves an unknown mode in the draft', () => {
    const driver = new AppDriver().connect().type('/theme pink').keys('enter');
    expect(driver.notice).toBe('Usage: /theme auto|light|dark');
    expect(driver.draft).toBe('/theme pink');
  });
});

test('/markdown switches formatting, and says which is chosen', () => {
  const driver = new AppDriver().connect().type('/markdown off').keys('enter');
  expect(driver.state).toMatchObject({
    preferences: { markdown: 'off' },
    notice: 'Markdown is shown as it was typed.',
  });
  expect(driver.type('/markdown').keys('enter').state.notice).toBe('Markdown is shown as it was typed.');
  expect(driver.type('/markdown on').keys('enter').state.preferences.markdown).toBe('on');
  expect(driver.type('/markdown maybe').keys('enter').notice).toBe('Usage: /markdown on|off');
});
