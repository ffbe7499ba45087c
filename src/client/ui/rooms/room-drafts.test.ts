import { describe, expect, test } from '@jest/globals';
import { type AppDriver, connectedToRooms, ops, random } from '../../../../test/support/app-driver.js';

describe('a draft', () => {
  test('belongs to its room, also while a sent text is recalled', () => {
    const driver = connectedToRooms().type('sent').keys('enter').type('for the lobby').keys('ctrl+n');
    expect(driver.draft).toBe('');
    driver.type('for ops').keys('up');
    expect(driver.draft).toBe('sent');
    driver.keys('alt+1');
    expect(driver.draft).toBe('for the lobby');
    driver.keys('down');
    expect(driver.draft).toBe('for the lobby');
    driver.keys('alt+2');
    expect(driver.keys('down').draft).toBe('for ops');
  });

  test('is sent to the room where it was written', () => {
    const driver = connectedToRooms().keys('ctrl+n').type('hello').keys('enter');
    expect(driver.asked('submit')).toMatchObject([{ room: ops }]);
    expect(driver.keys('alt+1', 'up').draft).toBe('hello');
  });

  test('of a room that the user is removed from is recalled by Up', () => {
    const driver = connectedToRooms().keys('alt+2').type('half a thought');
    driver.sessionEvents({ type: 'room-gone', room: ops });
    expect(driver.state.room).toBe(0);
    expect(driver.notice).toBe('You are no longer in #ops. Up brings back what you wrote there.');
    expect(driver.draft).toBe('');
    expect(driver.keys('up').draft).toBe('half a thought');
    expect(driver.keys('alt+s').notice).toBe('There is no other room to go to.');
  });

  test('of another room that the user is removed from is recalled, and the current one stays', () => {
    const driver = connectedToRooms().keys('alt+2').type('half a thought').keys('alt+3').type('here');
    driver.sessionEvents({ type: 'room-gone', room: ops });
    expect(driver.state.room).toBe(random);
    expect(driver.draft).toBe('here');
    expect(driver.keys('up').draft).toBe('half a thought');
  });
});

describe('what is ready after the user went to another room', () => {
  const elsewhere = () => connectedToRooms().keys('alt+2').type('ops ').keys('alt+1').type('lobby ');

  test('is added to the draft for which it was requested', () => {
    const attachment = { png: new Uint8Array(), width: 1, height: 1, scaled: false };
    const driver = elsewhere()
      .send({ type: 'text-pasted', room: ops, text: 'a path' })
      .send({ type: 'clipboard-read', room: ops, content: { type: 'text', text: ' and more' } })
      .send({ type: 'attachment-ready', room: ops, attachment, name: 'cat.png' });
    expect(driver.draft).toBe('lobby ');
    expect(driver.state.composer.attachments).toEqual([]);
    driver.keys('alt+2');
    expect(driver.draft).toBe('ops a path and more');
    expect(driver.state.composer.attachments).toHaveLength(1);
  });

  test('is dropped if the room is gone, and a text from the editor is recalled by Up', () => {
    const driver = elsewhere().sessionEvents({ type: 'room-gone', room: ops });
    const file = { path: '/tmp/x', remove: () => Promise.resolve() };
    driver.send({ type: 'clipboard-read', room: ops, content: { type: 'image', file } });
    driver.send({ type: 'draft-edited', room: ops, text: 'a long text' });
    expect(driver.asked('remove-file')).toHaveLength(1);
    expect(driver.state.clipboardPending).toBe(false);
    expect(driver.draft).toBe('lobby ');
    expect(driver.keys('up').draft).toBe('a long text');
  });
});

describe('stored drafts', () => {
  const saved = { ignored: [], read: undefined, history: [], rooms: new Map() };
  const load = (driver: AppDriver, drafts: Readonly<Record<string, string>>) => {
    const { chat } = driver.state;
    if (!chat) throw new Error('no chat');
    return driver.send({ type: 'chat-loaded', id: chat.id, saved: { ...saved, drafts } });
  };

  test('are in their rooms again', () => {
    const driver = load(connectedToRooms(), { 0: 'for the lobby', [ops]: 'for ops' });
    expect(driver.draft).toBe('for the lobby');
    expect(driver.keys('alt+2').draft).toBe('for ops');
  });

  test('are recalled by Up if the room is gone or something else was written by now', () => {
    const driver = load(connectedToRooms().type('new'), { 0: 'stored', 99: 'from a room that is gone' });
    expect(driver.draft).toBe('new');
    expect([driver.keys('up').draft, driver.keys('up').draft].sort()).toEqual([
      'from a room that is gone',
      'stored',
    ]);
  });
});
