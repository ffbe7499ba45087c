import { describe, expect, test } from '@jest/globals';
import { AppDriver, message } from '../../../../test/support/app-driver.js';
import { ChatError } from '../../../shared/errors.js';
import type { Attachment } from '../../images/decode/prepare-image.js';
import type { TypedCommand } from '../state/app-event.js';
import { initialAppState } from '../state/app-state.js';
import { createLoginForm } from '../login/login-form.js';

const attachment: Attachment = { png: new Uint8Array(500), width: 60, height: 40, scaled: false };

describe('the composer', () => {
  test('Enter sends the draft and empties the composer; Up recalls the draft', () => {
    const driver = new AppDriver().connect().type('hello').keys('enter');
    expect(driver.submitted()).toEqual(['hello']);
    expect(driver.state.composer.editor.text).toBe('');
    expect(driver.keys('up').state.composer.editor.text).toBe('hello');
  });

  test('a blank draft sends nothing', () => {
    expect(new AppDriver().connect().type('  ').keys('alt+enter', 'enter').submitted()).toEqual([]);
  });

  test('images are sent in order, then the text', () => {
    const driver = new AppDriver().connect();
    driver
      .send({ type: 'attachment-ready', attachment, name: 'cat.png' })
      .send({ type: 'attachment-ready', attachment, name: 'cat.png' });
    expect(driver.type('look').keys('enter').submitted()).toEqual(['image', 'image', 'look']);
    expect(driver.state.composer.attachments).toEqual([]);
  });

  test('a draft over the limit stays, and the notice contains the limit and the size', () => {
    const driver = new AppDriver().connect().type('x'.repeat(101)).keys('enter');
    expect(driver.submitted()).toEqual([]);
    expect(driver.state.composer.editor.text).toHaveLength(101);
    expect(driver.notice).toBe('The text has 101 B, the limit is 100 B: shorten it, or send it in parts.');
  });

  test('a paste is inserted completely, without control characters', () => {
    const driver = new AppDriver()
      .connect()
      .input({ type: 'paste', text: 'one\ntwo\u001b]0;title\u0007\u009b2J three' });
    expect(driver.state.composer.editor.text).toBe('one\ntwo three');
    expect(driver.submitted()).toEqual([]);
  });

  test('the notice contains the number of pasted lines if only the end is visible', () => {
    const lines = (count: number) => Array.from({ length: count }, (_, index) => `${index}\n`).join('');
    const paste = (text: string) => new AppDriver().connect().input({ type: 'paste', text }).notice;
    expect(paste(lines(10))).toBeUndefined();
    expect(paste(lines(500))).toBe('Pasted 500 lines: Enter sends them as one message, Ctrl+C clears.');
  });

  test('a paste that is too long is cut, with a notice', () => {
    const driver = new AppDriver().connect().type('so: ');
    driver.input({ type: 'paste', text: 'x'.repeat(70_000) });
    expect(driver.draft).toHaveLength(65_536);
    expect(driver.notice).toBe('The paste was cut: a message has at most 65536 characters.');
  });

  test('line breaks at the end of a text are not sent', () => {
    const driver = new AppDriver().connect().input({ type: 'paste', text: 'one\n\ntwo\n\n' }).keys('enter');
    expect(driver.submitted()).toEqual(['one\n\ntwo']);
  });
});

describe('commands', () => {
  test('an unknown command stays in the draft and is not sent', () => {
    const driver = new AppDriver().connect().type('/nonsense').keys('enter');
    expect(driver.submitted()).toEqual([]);
    expect(driver.state.notice).toEqual({
      tone: 'error',
      text: 'Unknown command /nonsense. F1 lists them.',
    });
    expect(driver.state.composer.editor.text).toBe('/nonsense');
  });

  test('a draft that starts with two slashes is sent with one', () => {
    expect(new AppDriver().connect().type('//etc/hosts').keys('enter').submitted()).toEqual(['/etc/hosts']);
  });

  test('/image attaches a file and keeps earlier attachments', () => {
    const driver = new AppDriver().connect().send({ type: 'attachment-ready', attachment, name: 'cat.png' });
    driver.type('/image my picture.png').keys('enter');
    const command = { text: '/image my picture.png', room: 0 };
    expect(driver.effects).toContainEqual({ type: 'prepare-attachment', source: 'my picture.png', command });
    expect(driver.state.composer.attachments).toHaveLength(1);
  });
});

describe('a command that fails', () => {
  const failures: [string, (driver: AppDriver, command: TypedCommand) => AppDriver][] = [
    ['/nonsense', (driver) => driver],
    ['/image', (driver) => driver],
    ['/image /nope', (driver, command) => driver.send({ type: 'attachment-failed', reason: 'no', command })],
    ['/save 99', (driver) => driver],
    ['/bell loud', (driver) => driver],
    ['/images vga', (driver) => driver],
    ['/unignore nobody', (driver) => driver],
    [
      '/paste',
      (driver, command) =>
        driver.send({
          type: 'clipboard-read',
          content: { type: 'nothing', reason: { kind: 'empty' } },
          command,
        }),
    ],
    ['/save 1 /no', (driver, command) => driver.send({ type: 'failed', reason: 'no', command })],
  ];

  test.each(failures)('%s stays in the composer with the cursor at its end, with a notice', (text, fail) => {
    const driver = fail(new AppDriver().connect().type(text).keys('enter'), { text, room: 0 });
    expect(driver.state.composer.editor).toMatchObject({ text, cursor: text.length });
    expect(driver.state.notice).toBeDefined();
  });

  test('does not replace what was written since', () => {
    const driver = new AppDriver().connect().type('/image /nope').keys('enter').type('hello');
    const command = { text: '/image /nope', room: 0 };
    driver.send({ type: 'attachment-failed', reason: 'no such file', command });
    expect(driver.draft).toBe('hello');
    expect(driver.keys('ctrl+u', 'up').draft).toBe('/image /nope');
  });

  test('/image stays if there are five images', () => {
    const driver = new AppDriver().connect();
    for (let count = 0; count < 5; count++)
      driver.send({ type: 'attachment-ready', attachment, name: 'cat.png' });
    expect(driver.type('/image six.png').keys('enter').draft).toBe('/image six.png');
  });
});

describe('quitting', () => {
  test('Ctrl+C clears the draft and asks; a second one within two seconds quits', () => {
    const driver = new AppDriver().connect().type('draft').keys('ctrl+c');
    expect(driver.state.composer.editor.text).toBe('');
    expect(driver.notice).toBe('press Ctrl+C again to quit');
    expect(driver.keys('ctrl+c').effects).toContainEqual({ type: 'quit' });
  });

  test.each<[string, (driver: AppDriver) => AppDriver]>([
    ['any other key', (driver) => driver.keys('left')],
    ['two seconds', (driver) => driver.wait(2000)],
  ])('%s between the two cancels quitting', (_, pause) => {
    const driver = pause(new AppDriver().connect().keys('ctrl+c'));
    expect(driver.notice).toBeUndefined();
    expect(driver.keys('ctrl+c').effects).not.toContainEqual({ type: 'quit' });
  });

  test('Ctrl+D quits on an empty draft and deletes to the right on another', () => {
    expect(new AppDriver().connect().keys('ctrl+d').effects).toContainEqual({ type: 'quit' });
    const driver = new AppDriver().connect().type('ab').keys('home', 'ctrl+d');
    expect(driver.state.composer.editor.text).toBe('b');
    expect(driver.effects).not.toContainEqual({ type: 'quit' });
  });
});

describe('the mouse', () => {
  const history = Array.from({ length: 50 }, (_, index) => message(index + 1));
  const mouse = (action: 'wheel-up' | 'wheel-down' | 'press' | 'release', x = 0, y = 0) =>
    ({ type: 'mouse', action, x, y }) as const;

  test('the wheel scrolls the messages and leaves the draft alone', () => {
    const driver = new AppDriver().connect(history).type('sent').keys('enter').type('draft');
    driver.input(mouse('wheel-up'));
    expect(driver.state.reading.viewport).toMatchObject({ type: 'anchored' });
    expect(driver.draft).toBe('draft');
    driver.input(mouse('wheel-down'), mouse('wheel-down'));
    expect(driver.state.reading.viewport.type).toBe('newest');
    expect(driver.draft).toBe('draft');
  });

  test('the wheel at the top loads older messages, but does not bring cleared ones back', () => {
    const driver = new AppDriver().connect(history);
    driver.input(...Array<ReturnType<typeof mouse>>(40).fill(mouse('wheel-up')));
    expect(driver.effects).toContainEqual({ type: 'load-previous-page' });
    const cleared = new AppDriver().connect(history).type('/clear').keys('enter');
    expect(cleared.input(mouse('wheel-up')).state.preferences.clearedKey).toBeDefined();
  });

  test('the wheel scrolls the help and chooses in the search', () => {
    const driver = new AppDriver().connect(history).keys('f1').input(mouse('wheel-down'));
    expect(driver.state.mode).toMatchObject({ type: 'help', top: 3 });
    expect(driver.input(mouse('wheel-up')).state.mode).toMatchObject({ type: 'help', top: 0 });
    const search = new AppDriver().connect(history);
    search.sessionEvents({ type: 'lost', reason: new ChatError('unreachable', 'gone') });
    search.keys('ctrl+f').type('message').keys('enter').input(mouse('wheel-down'));
    expect(search.state.mode).toMatchObject({ type: 'search', chosen: 1 });
  });

  test('a drag explains how to select text, a click does nothing', () => {
    const driver = new AppDriver().connect(history).input(mouse('press', 4, 5), mouse('release', 4, 5));
    expect(driver.state.notice).toBeUndefined();
    driver.input(mouse('press', 4, 5), mouse('release', 20, 5));
    expect(driver.state.notice).toContain('hold Shift');
    driver.keys('left').input(mouse('release', 1, 1));
    expect(driver.state.notice).toBeUndefined();
  });

  test('on the login screen it does nothing', () => {
    const form = createLoginForm({ address: 'localhost', user: '', password: '' });
    const driver = new AppDriver(initialAppState('localhost', form));
    driver.input(mouse('wheel-up'), mouse('wheel-down'));
    expect(driver.state.mode).toEqual({ type: 'login', form });
  });
});
