import { expect, test, describe } from '@jest/globals';
import fc from 'fast-check';
import { AppDriver, message } from '../../../../test/support/app-driver.js';
import { isMention, mentionParts, mentionPattern, windowTitle } from './attention.js';

/** The highlighted parts of a text. */
function mentioned(text: string, ...words: string[]): string[] {
  const pattern = mentionPattern(words);
  return pattern ? mentionParts(text, pattern).filter((_, index) => index % 2 === 1) : [];
}

test('whole words match in any case, with their @, beside punctuation and in other scripts', () => {
  expect(mentioned('User1: hi @user1, (USER1)', 'user1')).toEqual(['User1', '@user1', 'USER1']);
  expect(mentioned('Привет, Ольга!', 'ольга')).toEqual(['Ольга']);
  expect(mentioned('user12 xuser1 user1_', 'user1')).toEqual([]);
});

test('words match in every encoding of their letters, and parts keep the original text', () => {
  expect(mentioned('ask Rene\u0301, please', 'René')).toEqual(['Rene\u0301']);
  expect(mentioned('ask René, please', 'rene\u0301')).toEqual(['René']);
  expect(mentioned('in der STRASSE, Straße', 'straße')).toEqual(['STRASSE', 'Straße']);
  expect(mentioned('İbrahim! Οδυσσεύς', 'ibrahim', 'ΟΔΥΣΣΕΎΣ')).toEqual(['İbrahim', 'Οδυσσεύς']);
});

test('special characters of regular expressions match literally', () => {
  expect(mentioned('costs (a.b) or aXb', 'a.b')).toEqual(['a.b']);
  expect(mentioned('c++ and c', 'c++')).toEqual(['c++']);
});

test('the parts of any text join to the text', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), fc.array(fc.string({ unit: 'grapheme' })), (text, words) => {
      const pattern = mentionPattern(words);
      if (pattern) expect(mentionParts(text, pattern).join('')).toBe(text);
    }),
  );
});

/** A driver without focus. */
function away(): AppDriver {
  return new AppDriver().connect([message(1)]).input({ type: 'focus', focused: false });
}

const back = { type: 'focus', focused: true } as const;

describe('the bell', () => {
  test('rings once for many mentions while another window has the keyboard', () => {
    const driver = away().receive(2, 'user2', 'Hello USER1, are you there?').receive(3, 'user2', 'user1!');
    expect(driver.asked('notify')).toEqual([{ type: 'notify', text: 'user2: Hello USER1, are you there?' }]);
    driver.wait(3000).receive(4, 'user3', 'user1?');
    expect(driver.asked('notify')).toHaveLength(2);
  });

  test('is silent for other messages, parts of words, own messages and history', () => {
    const driver = away()
      .receive(2, 'user2', 'lunch?')
      .receive(3, 'user2', 'user10 and xuser1')
      .receive(4, 'user1', 'user1');
    expect(driver.asked('notify')).toEqual([]);
    const joined = new AppDriver().input({ type: 'focus', focused: false });
    joined.connect([message(1, 'user2', 'user1')]);
    expect(joined.asked('notify')).toEqual([]);
  });

  test('is silent while this window has the keyboard', () => {
    const driver = away().input(back).receive(2, 'user2', 'user1');
    expect(driver.asked('notify')).toEqual([]);
  });

  test('rings after a minute without a key if the terminal reports no focus', () => {
    const driver = new AppDriver().connect([message(1)]).type('x');
    driver.wait(59_999).receive(2, 'user2', 'user1');
    expect(driver.asked('notify')).toEqual([]);
    driver.wait(1).receive(3, 'user2', 'user1');
    expect(driver.asked('notify')).toHaveLength(1);
  });

  test('rings for every message after /bell all, and for none after /bell off', () => {
    const all = new AppDriver().connect().type('/bell all').keys('enter');
    all.input({ type: 'focus', focused: false }).receive(1, 'user2', 'lunch?');
    expect(all.asked('notify')).toHaveLength(1);
    const off = new AppDriver().connect().type('/bell off').keys('enter');
    off.input({ type: 'focus', focused: false }).receive(1, 'user2', 'user1');
    expect(off.asked('notify')).toEqual([]);
  });

  test('rings for a word of /highlight, but not for an ignored user', () => {
    const driver = new AppDriver().connect().type('/highlight Deploy').keys('enter');
    driver.type('/ignore user3').keys('enter').input({ type: 'focus', focused: false });
    driver.receive(1, 'user3', 'deploy').wait(3000);
    expect(driver.asked('notify')).toEqual([]);
    driver.receive(2, 'user2', 'the DEPLOY is done');
    expect(driver.asked('notify')).toHaveLength(1);
  });
});

test('the window title shows the number of unread messages until they are read', () => {
  const driver = away().receive(2).receive(3).receive(4, 'user1');
  expect(windowTitle(driver.state)).toBe('chat · 2 new');
  driver.input(back).wait(3000);
  expect(windowTitle(driver.state)).toBe('chat');
});

test('a message mentions the user by name, to all, and as the server says', () => {
  const pattern = mentionPattern(['user1']);
  const of = (text: string, mentions?: readonly string[]): boolean =>
    isMention(
      {
        mine: false,
        message: { ...message(1, 'ben', text), detail: { room: 5, kind: 0, ...(mentions && { mentions }) } },
      },
      pattern,
    );
  expect([of('user1?'), of('@all: lunch'), of('look', ['user1'])]).toEqual([true, true, true]);
  expect([of('all: lunch'), of('look', ['ben']), of('x@all')]).toEqual([false, false, false]);
});
