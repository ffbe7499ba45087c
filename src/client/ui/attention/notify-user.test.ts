import { describe, expect, test } from '@jest/globals';
import { AppDriver, message } from '../../../../test/support/app-driver.js';
import { windowTitle } from './notify-user.js';

/** A driver whose window has lost the keyboard. */
function away(): AppDriver {
  return new AppDriver().connect([message(1)]).input({ type: 'focus', focused: false });
}

const back = { type: 'focus', focused: true } as const;

describe('the bell', () => {
  test('rings for a mention while another window has the keyboard, once for a flood', () => {
    const driver = away().receive(2, 'user2', 'Hello USER1, are you there?').receive(3, 'user2', 'user1!');
    expect(driver.asked('notify')).toEqual([{ type: 'notify', text: 'user2: Hello USER1, are you there?' }]);
    driver.wait(3000).receive(4, 'user3', 'user1?');
    expect(driver.asked('notify')).toHaveLength(2);
  });

  test('is silent for what mentions nobody, for part of a longer word, for own messages and for history', () => {
    const driver = away()
      .receive(2, 'user2', 'lunch?')
      .receive(3, 'user2', 'user10 and xuser1')
      .receive(4, 'user1', 'user1');
    expect(driver.asked('notify')).toEqual([]);
    const joined = new AppDriver().input({ type: 'focus', focused: false });
    joined.connect([message(1, 'user2', 'user1')]);
    expect(joined.asked('notify')).toEqual([]);
  });

  test('never rings while this window has the keyboard', () => {
    const driver = away().input(back).receive(2, 'user2', 'user1');
    expect(driver.asked('notify')).toEqual([]);
  });

  test('rings after a minute without a key where the terminal never tells who has the keyboard', () => {
    const driver = new AppDriver().connect([message(1)]).type('x');
    driver.wait(59_999).receive(2, 'user2', 'user1');
    expect(driver.asked('notify')).toEqual([]);
    driver.wait(1).receive(3, 'user2', 'user1');
    expect(driver.asked('notify')).toHaveLength(1);
  });

  test('/bell all rings for everything, /bell off for nothing', () => {
    const all = new AppDriver().connect().type('/bell all').keys('enter');
    all.input({ type: 'focus', focused: false }).receive(1, 'user2', 'lunch?');
    expect(all.asked('notify')).toHaveLength(1);
    const off = new AppDriver().connect().type('/bell off').keys('enter');
    off.input({ type: 'focus', focused: false }).receive(1, 'user2', 'user1');
    expect(off.asked('notify')).toEqual([]);
  });

  test('a word of /highlight rings too, and whoever is ignored never does', () => {
    const driver = new AppDriver().connect().type('/highlight Deploy').keys('enter');
    driver.type('/ignore user3').keys('enter').input({ type: 'focus', focused: false });
    driver.receive(1, 'user3', 'deploy').wait(3000);
    expect(driver.asked('notify')).toEqual([]);
    driver.receive(2, 'user2', 'the DEPLOY is done');
    expect(driver.asked('notify')).toHaveLength(1);
  });
});

test('the window is named after what is unread until it was read', () => {
  const driver = away().receive(2).receive(3).receive(4, 'user1');
  expect(windowTitle(driver.state)).toBe('chat · 2 new');
  driver.input(back).wait(3000);
  expect(windowTitle(driver.state)).toBe('chat');
});
