import { describe, expect, test } from '@jest/globals';
import { AppDriver, message, roomNamed } from '../../../../test/support/app-driver.js';
import { ChatError } from '../../../shared/errors.js';
import { contentType, messageKind, roomRole, type Detail, type Message } from '../../../shared/message.js';
import type { AppEffect } from '../state/app-event.js';
import { draftPurpose, findEmoji } from './message-commands.js';

const emoji = [
  { emoji: '👍', names: ['thumbs_up', '+1', 'like'] },
  { emoji: '🎉', names: ['party_popper', 'tada', 'celebration'] },
  { emoji: '❤️', names: ['red_heart', 'love', 'like'] },
];

function of(changes: Partial<Detail>, from: string, sequence: number, text?: string): Message {
  return { ...message(sequence, from, text), detail: { room: 0, kind: messageKind.message, ...changes } };
}

/** The user has written 2 and 4, others 1, 3 (an image) and 5. */
function chat(): AppDriver {
  const messages = [
    message(1, 'ben', 'one'),
    message(2, 'user1', 'two'),
    { ...message(3, 'ben'), type: contentType.image },
    of({ replyTo: 1 }, 'user1', 4, 'four'),
    of(
      {
        reactions: [
          { emoji: '🎉', names: ['ben'], count: 1 },
          { emoji: '👍', names: ['user1'], count: 1 },
        ],
      },
      'ben',
      5,
      'five',
    ),
  ];
  return new AppDriver().connectWithRooms(roomNamed(7, 'ops')).sessionEvents({ type: 'received', messages });
}

/** Selects the message that is so many above the newest. */
const select = (driver: AppDriver, above: number): AppDriver =>
  driver.keys('alt+up', ...Array<string>(above).fill('up'));

const changes = (driver: AppDriver) => driver.asked('change-message').map(({ change }) => change);

describe('an edit', () => {
  test('has the text of the message and keeps the draft of the room', () => {
    const driver = chat().type('a draft');
    select(driver, 1).type('e');
    expect(driver.draft).toBe('four');
    expect(draftPurpose(driver.state)).toMatch(/^editing \d\d:\d\d · Esc cancels$/);
    driver.keys('escape');
    expect(driver.draft).toBe('a draft');
    select(driver, 1).type('e');
    driver.type('!').keys('enter');
    expect(driver.draft).toBe('a draft');
    expect(changes(driver)).toEqual([{ type: 'edit', target: 4, text: 'four!' }]);
    expect(driver.submitted()).toEqual([]);
  });

  test('stays while the user looks at another room, and does not become the stored draft', () => {
    const driver = chat().type('a draft');
    select(driver, 1).type('e');
    driver.keys('ctrl+n').keys('ctrl+p');
    expect([driver.draft, draftPurpose(driver.state)]).toEqual(['four', expect.stringContaining('editing')]);
    driver.keys('ctrl+c');
    expect(driver.draft).toBe('a draft');
  });

  test('that fails says why, and is in the composer again', () => {
    const driver = chat().type('/edit').keys('enter').type('!').keys('enter');
    const [change] = changes(driver);
    if (!change) throw new Error('no change');
    const failed = {
      type: 'change-failed',
      change,
      room: 0,
      at: 1,
      reason: new ChatError('unsupported', 'this server cannot change messages'),
    } as const;
    driver.send(failed);
    expect(driver.notice).toBe('Not edited: this server cannot change messages');
    expect([driver.draft, driver.state.composer.editing?.sequence]).toEqual(['four!', 4]);
    driver.keys('escape').type('busy').send(failed);
    expect(driver.draft).toBe('busy');
    expect(driver.notice).toContain('Up recalls the text');
    driver.keys('up');
    expect(driver.draft).toBe('four!');
  });

  test('is not possible of what others wrote, of an image, or without a text', () => {
    const driver = chat();
    select(driver, 0).type('e');
    expect(driver.notice).toBe('Only its author can edit a message.');
    driver.keys('escape').type('/edit').keys('enter', 'ctrl+u', 'enter');
    expect(driver.notice).toContain('cannot be empty');
    expect(changes(driver)).toEqual([]);
  });

  test('s/old/new/ replaces a part of the last text', () => {
    const driver = chat().type('s/four/4 $& \\/ 5/').keys('enter');
    expect(changes(driver)).toEqual([{ type: 'edit', target: 4, text: '4 $& / 5' }]);
    driver.type('s/nothing/x/').keys('enter');
    expect(driver.notice).toContain('does not contain “nothing”');
    expect(driver.draft).toBe('s/nothing/x/');
    driver.keys('ctrl+u').type('s/he/she').keys('enter');
    expect(driver.submitted()).toEqual(['s/he/she']);
  });
});

describe('a deletion', () => {
  test('is asked for', () => {
    const driver = chat();
    select(driver, 1).type('d');
    expect(driver.notice).toMatch(/^Delete your message of \d\d:\d\d\? y deletes it/);
    driver.type('n');
    expect(changes(driver)).toEqual([]);
    driver.type('d').type('y');
    expect(changes(driver)).toEqual([{ type: 'delete', target: 4 }]);
  });

  test('of a message of others is for moderators', () => {
    const driver = chat();
    select(driver, 0).type('d');
    expect(driver.notice).toBe('Only its author or a moderator can delete a message.');
    const room = { ...driver.session.room, role: roomRole.moderator };
    driver.sessionEvents({ type: 'room-known', room }).type('d');
    expect(driver.notice).toContain('Delete the message of ben');
  });

  test('by /delete is of the selected message, otherwise of the last own one', () => {
    const driver = chat();
    select(driver, 3).type('/').type('delete').keys('enter').type('y');
    driver.keys('ctrl+end').type('/delete').keys('enter').type('y');
    expect(changes(driver)).toEqual([
      { type: 'delete', target: 2 },
      { type: 'delete', target: 4 },
    ]);
  });
});

describe('a reply', () => {
  test('refers to the message, and Esc makes the draft an ordinary one', () => {
    const driver = chat().type('yes');
    select(driver, 0).type('r');
    expect([driver.draft, draftPurpose(driver.state)]).toEqual(['yes', 'replying to ben · Esc cancels']);
    driver.keys('escape');
    expect(draftPurpose(driver.state)).toBeUndefined();
    select(driver, 0).type('r');
    driver.type('/mouse off').keys('ctrl+u', 'enter').type('no').keys('enter').type('more').keys('enter');
    expect(driver.asked('submit').map(({ replyTo }) => replyTo)).toEqual([5, undefined]);
  });

  test('leads to the message that it answers', () => {
    const driver = chat();
    select(driver, 1).keys('enter');
    expect(driver.state.reading.highlightedKey).toBe('log/1');
    select(driver, 0).keys('enter');
    expect(driver.notice).toBe('This message is no reply.');
  });
});

describe('a reaction', () => {
  test('is added and taken back by +, and those of others are added by =', () => {
    const driver = chat();
    select(driver, 0).type('+').type('=');
    driver.keys('up').type('+').type('=');
    expect(driver.notice).toBe('No one has reacted to this message.');
    expect(changes(driver)).toEqual([
      { type: 'react', target: 5, emoji: [] },
      { type: 'react', target: 5, emoji: ['👍', '🎉'] },
      { type: 'react', target: 4, emoji: ['👍'] },
    ]);
  });

  test('is chosen by name', () => {
    const driver = chat();
    select(driver, 0).type(':');
    expect(driver.asked('load-emoji')).toHaveLength(1);
    driver.send({ type: 'emoji-loaded', emoji, thenSubmit: false }).type('lov').keys('enter');
    expect(changes(driver)).toEqual([{ type: 'react', target: 5, emoji: ['👍', '❤️'] }]);
    expect(driver.state.mode).toMatchObject({ type: 'selection' });
    driver.type(':').type('zzz').keys('enter', 'escape');
    expect(driver.state.mode).toMatchObject({ type: 'selection' });
  });

  test('by /react is found once the names are loaded, or is an emoji itself', () => {
    const driver = chat().type('/react tada').keys('enter');
    expect(changes(driver)).toEqual([]);
    driver.send({ type: 'emoji-loaded', emoji, thenSubmit: true });
    driver.type('/react 👀').keys('enter').type('/react nothing').keys('enter');
    expect(driver.notice).toContain('There is no emoji “nothing”');
    expect(changes(driver)).toEqual([
      { type: 'react', target: 4, emoji: ['🎉'] },
      { type: 'react', target: 4, emoji: ['👀'] },
    ]);
  });

  test('finds the best name first', () => {
    const found = (name: string) => findEmoji(emoji, name).map((one) => one.emoji);
    expect(found('+1')).toEqual(['👍']);
    expect(found(':red heart:')).toEqual(['❤️']);
    expect(found('like')).toEqual(['👍', '❤️']);
    expect(found('popper')).toEqual(['🎉']);
    expect(found(' ')).toEqual([]);
  });
});

test.each(['e', 'd', ':', '+', '=', 'r'])('a server without these services rejects %s in one line', (key) => {
  const driver = new AppDriver().connect([message(1, 'user1')]);
  select(driver, 0).type(key);
  expect(driver.notice).toMatch(
    /^(This server cannot change messages|This server has no replies|No one has reacted.*)\.$/,
  );
  expect(driver.effects.filter(({ type }: AppEffect) => type === 'change-message')).toEqual([]);
});
