import { describe, expect, test } from '@jest/globals';
import { ChatError } from '../../shared/errors.js';
import { contentType, type Message } from '../../shared/message.js';
import { decodeText, encodeText } from '../../shared/text.js';
import type { Attachment } from '../images/prepare-image.js';
import type { SessionEvent } from '../session/events.js';
import { initialState, type SessionState } from '../session/state.js';
import { update } from '../session/update.js';
import type { TerminalInput } from '../terminal/terminal-input.js';
import type { AppEffect, AppEvent } from './app-event.js';
import { type AppState, initialAppState } from './app-state.js';
import { MessageList, RowCache } from './conversation/message-list.js';
import type { ListView } from './conversation/update-conversation.js';
import { createLoginForm } from './login/login-form.js';
import { updateApp } from './update-app.js';

const height = 10;
const cache = new RowCache({ width: 60, depth: 'none', pictureBox: undefined }, () => undefined);

/** The screen's state and everything that was asked for, driven by events. */
class Driver {
  state: AppState;
  effects: AppEffect[] = [];
  now = 1_000_000;
  session: SessionState = initialState('user1');

  constructor(state: AppState = initialAppState('localhost', undefined)) {
    this.state = state;
  }

  get view(): ListView {
    return { source: new MessageList(this.session, cache, this.state.unreadKey), height };
  }

  send(event: AppEvent): this {
    const [state, effects] = updateApp(this.state, event, this.view);
    this.state = state;
    this.effects.push(...effects);
    return this;
  }

  input(...inputs: TerminalInput[]): this {
    for (const input of inputs) this.send({ type: 'input', input, at: this.now });
    return this;
  }

  keys(...keys: string[]): this {
    return this.input(...keys.map((key) => ({ type: 'key', key }) as const));
  }

  type(text: string): this {
    return this.input({ type: 'text', text });
  }

  /** Lets the session's own rules make its next state. */
  sessionEvents(...events: SessionEvent[]): this {
    for (const event of events) [this.session] = update(this.session, event, { now: this.now, chance: 0.5 });
    return this.send({ type: 'session-changed', session: this.session, at: this.now });
  }

  connect(messages: readonly Message[] = []): this {
    const opened = { type: 'opened', logId: 'log', head: messages.length, resumed: false } as const;
    return this.sessionEvents(
      { type: 'reconnect' },
      { type: 'opened', opened: { ...opened, maxText: 100, maxImage: 1000 } },
      { type: 'received', messages },
    );
  }

  receive(sequence: number, from = 'user2'): this {
    return this.sessionEvents({ type: 'received', messages: [message(sequence, from)] });
  }

  wait(milliseconds: number): this {
    this.now += milliseconds;
    return this.send({ type: 'waited', at: this.now });
  }

  /** The texts and pictures that were submitted. */
  submitted(): string[] {
    return this.effects.flatMap((effect) =>
      effect.type === 'submit'
        ? [effect.contentType === contentType.text ? decodeText(effect.content) : 'image']
        : [],
    );
  }
}

function message(sequence: number, from = 'user2'): Message {
  const content = encodeText(`message ${sequence}`);
  return { sequence, id: `id${sequence}`, from, timestamp: 1_000_000, type: contentType.text, content };
}

const history = Array.from({ length: 50 }, (_, index) => message(index + 1));
const attachment: Attachment = { png: new Uint8Array(500), width: 60, height: 40, scaled: false };

describe('writing', () => {
  test('Enter sends the draft and leaves an empty one, which Up calls back', () => {
    const driver = new Driver().connect().type('hello').keys('enter');
    expect(driver.submitted()).toEqual(['hello']);
    expect(driver.state.composer.editor.text).toBe('');
    expect(driver.keys('up').state.composer.editor.text).toBe('hello');
  });

  test('a blank draft sends nothing', () => {
    expect(new Driver().connect().type('  ').keys('alt+enter', 'enter').submitted()).toEqual([]);
  });

  test('pictures go out in order, then the text', () => {
    const driver = new Driver().connect();
    driver.send({ type: 'attachment-ready', attachment }).send({ type: 'attachment-ready', attachment });
    expect(driver.type('look').keys('enter').submitted()).toEqual(['image', 'image', 'look']);
    expect(driver.state.composer.attachments).toEqual([]);
  });

  test('a draft over the limit is kept, and the notice names limit and size', () => {
    const driver = new Driver().connect().type('x'.repeat(101)).keys('enter');
    expect(driver.submitted()).toEqual([]);
    expect(driver.state.composer.editor.text).toHaveLength(101);
    expect(driver.state.notice).toBe(
      'The text has 101 B, the limit is 100 B: shorten it, or send it in parts.',
    );
  });

  test('what is pasted comes into the draft whole, without what could drive a terminal', () => {
    const driver = new Driver()
      .connect()
      .input({ type: 'paste', text: 'one\ntwo\u001b]0;title\u0007\u009b2J three' });
    expect(driver.state.composer.editor.text).toBe('one\ntwo three');
    expect(driver.submitted()).toEqual([]);
  });

  test('an empty paste asks for the clipboard, as Ctrl+V and Alt+V do', () => {
    const driver = new Driver().connect().input({ type: 'paste', text: '' }).keys('ctrl+v', 'alt+v');
    expect(driver.effects.filter(({ type }) => type === 'read-clipboard')).toHaveLength(3);
  });

  test('at most five images go with a draft, and a sixth is refused in words', () => {
    const driver = new Driver().connect();
    driver.send({
      type: 'clipboard-read',
      content: { type: 'files', paths: ['1', '2', '3', '4', '5', '6'] },
    });
    expect(driver.effects.filter(({ type }) => type === 'prepare-attachment')).toHaveLength(5);
    expect(driver.state.notice).toBe('5 images go with one message, at most.');
  });

  test('Enter waits for an image that is being prepared', () => {
    const driver = new Driver().connect().type('look');
    driver
      .send({ type: 'clipboard-read', content: { type: 'image', bytes: new Uint8Array(1) } })
      .keys('enter');
    expect(driver.submitted()).toEqual([]);
    driver.send({ type: 'attachment-ready', attachment }).keys('enter');
    expect(driver.submitted()).toEqual(['image', 'look']);
  });

  test('a failed image leaves the draft as it was and says why', () => {
    const driver = new Driver().connect().type('look');
    driver.send({ type: 'clipboard-read', content: { type: 'image', bytes: new Uint8Array(1) } });
    driver.send({ type: 'attachment-failed', reason: 'not an image\u001b[2J' });
    expect(driver.state).toMatchObject({ notice: 'not an image', composer: { preparing: 0 } });
  });
});

describe('commands', () => {
  test('an unknown command is never sent and stays in the draft', () => {
    const driver = new Driver().connect().type('/nonsense').keys('enter');
    expect(driver.submitted()).toEqual([]);
    expect(driver.state).toMatchObject({ notice: 'Unknown command /nonsense. F1 lists them.' });
    expect(driver.state.composer.editor.text).toBe('/nonsense');
  });

  test('two slashes send one', () => {
    expect(new Driver().connect().type('//etc/hosts').keys('enter').submitted()).toEqual(['/etc/hosts']);
  });

  test('/image attaches a file and keeps what was attached before', () => {
    const driver = new Driver().connect().send({ type: 'attachment-ready', attachment });
    driver.type('/image my picture.png').keys('enter');
    expect(driver.effects).toContainEqual({ type: 'prepare-attachment', source: 'my picture.png' });
    expect(driver.state.composer.attachments).toHaveLength(1);
  });
});

describe('leaving', () => {
  test('Ctrl+C clears the draft and asks, a second one within two seconds quits', () => {
    const driver = new Driver().connect().type('draft').keys('ctrl+c');
    expect(driver.state.composer.editor.text).toBe('');
    expect(driver.state.notice).toBe('press Ctrl+C again to quit');
    expect(driver.keys('ctrl+c').effects).toContainEqual({ type: 'quit' });
  });

  test.each<[string, (driver: Driver) => Driver]>([
    ['any other key', (driver) => driver.keys('left')],
    ['two seconds', (driver) => driver.wait(2000)],
  ])('%s between the two takes the question back', (_, pause) => {
    const driver = pause(new Driver().connect().keys('ctrl+c'));
    expect(driver.state.notice).toBeUndefined();
    expect(driver.keys('ctrl+c').effects).not.toContainEqual({ type: 'quit' });
  });

  test('Ctrl+D quits on an empty draft and deletes to the right on another', () => {
    expect(new Driver().connect().keys('ctrl+d').effects).toContainEqual({ type: 'quit' });
    const driver = new Driver().connect().type('ab').keys('home', 'ctrl+d');
    expect(driver.state.composer.editor.text).toBe('b');
    expect(driver.effects).not.toContainEqual({ type: 'quit' });
  });
});

describe('reading', () => {
  test('what comes while scrolled up stands behind the unread line and does not move the view', () => {
    const driver = new Driver().connect(history).keys('pageup');
    const { viewport } = driver.state;
    driver.receive(51).receive(52);
    expect(driver.state.viewport).toBe(viewport);
    expect(driver.state.unreadKey).toBe(driver.session.timeline.items.at(-2)?.key);
  });

  test('the unread line goes when the newest message was in view with focus for three seconds', () => {
    const driver = new Driver().connect(history).keys('pageup').receive(51).keys('ctrl+end');
    expect(driver.wait(2999).state.unreadKey).toBeDefined();
    expect(driver.wait(1).state.unreadKey).toBeUndefined();
  });

  test('what comes while another window has the keyboard is unread until the focus is back', () => {
    const driver = new Driver().connect(history).input({ type: 'focus', focused: false }).receive(51);
    expect(driver.wait(10_000).state.unreadKey).toBeDefined();
    driver.input({ type: 'focus', focused: true });
    expect(driver.wait(3000).state.unreadKey).toBeUndefined();
  });

  test('own messages and history are never unread', () => {
    const driver = new Driver()
      .input({ type: 'focus', focused: false })
      .connect(history)
      .receive(51, 'user1');
    expect(driver.state.unreadKey).toBeUndefined();
  });

  test('sending jumps to the newest and takes the unread line away', () => {
    const driver = new Driver().connect(history).keys('pageup').receive(51).type('hi').keys('enter');
    expect(driver.state).toMatchObject({ viewport: { mode: 'newest' }, unreadKey: undefined });
  });

  test('typing does not move the view', () => {
    const driver = new Driver().connect(history).keys('pageup');
    expect(driver.type('hello').keys('left').state.viewport.mode).toBe('anchored');
  });

  test('PgUp at the top asks for older messages', () => {
    const driver = new Driver().connect(history).keys('ctrl+home');
    expect(driver.effects).not.toContainEqual({ type: 'load-older' });
    expect(driver.keys('pageup').effects).toContainEqual({ type: 'load-older' });
  });
});

describe('logging in', () => {
  const form = createLoginForm({ address: 'localhost', user: '', password: '' });
  const driver = () => new Driver(initialAppState('localhost', form));

  test('Enter goes from the user to the password, and there logs in', () => {
    const log = driver().type('user1').keys('enter').type('qwerty').keys('enter');
    expect(log.effects).toEqual([
      { type: 'log-in', address: 'localhost', user: 'user1', password: 'qwerty' },
    ]);
  });

  test('a refusal is said in words, with the focus in an emptied password', () => {
    const log = driver().type('user1').keys('enter').type('wrong').keys('enter');
    log.sessionEvents({ type: 'reconnect' }, { type: 'lost', reason: new ChatError('login-refused', 'no') });
    expect(log.state.login).toMatchObject({
      focus: 'password',
      problem: 'Login refused: wrong user or password.',
    });
    expect(log.state.login?.fields.password.text).toBe('');
    expect(log.state.login?.fields.user.text).toBe('user1');
  });

  test('the conversation begins when the server has let the user in', () => {
    expect(driver().connect().state.login).toBeUndefined();
  });

  test('an unknown certificate is trusted only by a clear yes', () => {
    const asked = driver().send({ type: 'trust-asked', fingerprint: 'AB:CD' });
    expect(asked.type('x').input({ type: 'paste', text: 'no way' }).keys('enter').effects).toEqual([]);
    expect(asked.type('y').effects).toEqual([{ type: 'answer-trust', trusted: true }]);
  });
});
