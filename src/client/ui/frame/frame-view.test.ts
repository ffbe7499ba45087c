import { createDraftLayout } from '../composer/composer-layout.js';
import { stripVTControlCharacters } from 'node:util';
import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  AppDriver,
  connectedToRooms,
  directRoom,
  look,
  message,
  roomNamed,
} from '../../../../test/support/app-driver.js';
import { ChatError } from '../../../shared/errors.js';
import { contentType } from '../../../shared/message.js';
import { encodeText } from '../../../shared/text.js';
import { textWidth } from '../../terminal/text/text-width.js';
import { initialAppState, type AppState } from '../state/app-state.js';
import { MessageList, RowCache } from '../conversation/message-list.js';
import { visibleRows } from '../conversation/visible-rows.js';
import { openRoom } from '../rooms/open-room.js';
import { frameView } from './frame-view.js';
import { createLoginForm } from '../login/login-form.js';
import { unknownColours } from '../../terminal/colour/terminal-colours.js';
import { themeFor } from '../theme/theme.js';

const layoutDraft = createDraftLayout();
const theme = themeFor(unknownColours, 'none');
const below = { messages: 0, mentions: 0 };

const columns = fc.integer({ min: 20, max: 200 });
const rows = fc.integer({ min: 6, max: 60 });
const texts = ['short', '漢字'.repeat(60), '👩‍👩‍👧‍👦'.repeat(20), 'a\nb\nc\n'.repeat(10), 'x'.repeat(500)];

/** Every screen, with long and wide texts. */
function screens(): AppState[] {
  const talk = () =>
    new AppDriver().connect(
      Array.from({ length: 60 }, (_, index) =>
        message(index + 1, index % 3 ? 'user2' : '名前'.repeat(20), texts[index % texts.length]),
      ),
    );
  return [
    initialAppState('localhost', createLoginForm({ address: 'x'.repeat(300), user: '', password: '' })),
    initialAppState('localhost', undefined),
    talk().state,
    talk().keys('pageup').receive(61).state,
    talk().type('a long draft 漢字 '.repeat(40)).state,
    talk().input({ type: 'paste', text: 'line\n'.repeat(40) }).state,
    talk().keys('f1').state,
    talk().type('/users').keys('enter').state,
    talk().type('/search x').keys('enter').state,
    talk()
      .type('/search 漢字')
      .keys('enter')
      .send({ type: 'search-found', text: '漢字', messages: [message(1, '名前'.repeat(20), texts[1])] })
      .state,
    talk().type('before').keys('enter', 'ctrl+r').type('bef').state,
    inRooms().state,
    inRooms().keys('f2').state,
    inRooms().keys('ctrl+g').type('ops').state,
  ];
}

/** With wide and hostile names and topics. */
function inRooms(): AppDriver {
  const topic = '漢字\u001b[2J'.repeat(60);
  const driver = new AppDriver().connectWithRooms(
    ...Array.from({ length: 30 }, (_, index) => roomNamed(index + 5, `ops${'部'.repeat(index)}`, { topic })),
  );
  driver.state = openRoom(driver.state, 20)[0];
  return driver;
}

function widest(rows: readonly string[]): number {
  return Math.max(0, ...rows.map((row) => textWidth(row)));
}

test('from 20×6 to 200×60 every part fits into its area of the screen', () => {
  const states = screens();
  fc.assert(
    fc.property(columns, rows, fc.constantFrom(...states), (width, height, state) => {
      const view = frameView(
        state,
        { columns: width, rows: height },
        { now: 0, below, depth: 'none', theme, layoutDraft },
      );
      const { body, composerRows, boxed, hasHints, panelColumns } = view.layout;
      expect(view.layout.columns + panelColumns).toBe(width);
      expect(body.height).toBeGreaterThanOrEqual(1);
      expect(body.top + body.height + composerRows + (boxed ? 2 : 0) + (hasHints ? 1 : 0)).toBe(height);
      expect(view.composer.attachments.length + view.composer.rows.length).toBeLessThanOrEqual(composerRows);
      expect(widest(view.composer.rows)).toBeLessThanOrEqual(view.layout.columns);
      expect(textWidth(view.composer.title)).toBeLessThanOrEqual(Math.max(0, view.layout.columns - 5));
      expect(view.dialog?.length ?? 0).toBeLessThanOrEqual(body.height);
      if (view.caret) {
        expect(view.caret.x).toBeLessThan(width);
        expect(view.caret.y).toBeLessThan(height);
      }
      if (!state.session) return;
      const cache = new RowCache({ ...look, width }, () => undefined);
      const list = new MessageList(state.session, cache, state);
      const shown = visibleRows(list, state.reading.viewport, body.height, {
        selected: undefined,
        stateOf: () => undefined,
      });
      expect(shown.rows).toHaveLength(body.height);
      expect(widest(shown.rows.map(stripVTControlCharacters))).toBeLessThanOrEqual(width);
    }),
  );
});

test('with several rooms the border names the room, and a wide screen has a list beside the messages', () => {
  const driver = new AppDriver().connectWithRooms(roomNamed(5, 'ops'));
  const viewAt = (columns: number, height: number, { state } = driver) =>
    frameView(state, { columns, rows: height }, { now: 0, below, depth: 'none', theme, layoutDraft });
  expect(viewAt(100, 30)).toMatchObject({ layout: { panelColumns: 26, columns: 74 }, caret: { x: 28 } });
  expect(viewAt(99, 30)).toMatchObject({ layout: { panelColumns: 0 }, composer: { title: '#lobby' } });
  expect(viewAt(20, 6)).toMatchObject({ composer: { title: '', placeholder: 'message #lobby' } });
  driver.columns = 100;
  expect(viewAt(100, 30, driver.keys('f2')).layout.panelColumns).toBe(0);
  const alone = viewAt(100, 30, new AppDriver().connect());
  expect(alone).toMatchObject({ layout: { panelColumns: 0 }, composer: { title: '' } });
  expect(alone.status.room).toBeUndefined();
});

test('without the room list the hint line names the rooms with news, the most urgent first', () => {
  const driver = new AppDriver().connectWithRooms(
    roomNamed(5, 'ops'),
    roomNamed(6, 'de\u001b[2Jv'),
    directRoom(7, 'ben'),
    directRoom(8, 'carl'),
  );
  const hintAt = (columns: number) =>
    frameView(driver.state, { columns, rows: 24 }, { now: 0, below, depth: 'none', theme, layoutDraft }).hint;
  const keys = hintAt(80);
  expect(keys).toMatchObject({ text: expect.stringContaining('Enter send'), tone: 'faint' });
  driver.receiveIn(5, 10).receiveIn(6, 11).receiveIn(6, 12);
  expect(hintAt(80)).toEqual({ text: '2 #dev · 1 #ops · Alt+A goes there', tone: 'faint' });
  expect(hintAt(100)).toEqual(keys);
  driver.receiveIn(7, 13).receiveIn(8, 14);
  expect(hintAt(80)).toEqual({
    text: '●1 @carl · ●1 @ben · 2 #dev · 1 more · Alt+A goes there',
    tone: 'note',
  });
  driver.keys('alt+a');
  expect(hintAt(80).text).not.toContain('ben');
});

test.each([
  ['e', 'editing', 'Enter save · Esc cancel'],
  ['r', 'replying to yourself', 'Enter send the reply · Esc cancel'],
])('%s on a message: the border says what is written, the hint line its keys', (key, purpose, keys) => {
  const driver = connectedToRooms().receiveIn(0, 10, 'user1', 'typo').keys('alt+up').type(key);
  const viewAt = (columns: number, rows: number) =>
    frameView(driver.state, { columns, rows }, { now: 0, below, depth: 'none', theme, layoutDraft });
  expect(viewAt(80, 24).composer.title).toContain(purpose);
  expect(viewAt(80, 24).hint).toEqual({ text: keys, tone: 'faint' });
  expect(viewAt(20, 6).hint).toEqual({ text: expect.stringContaining(purpose), tone: 'note' });
});

test('the hint line shows why the connection is lost, sanitised', () => {
  const driver = new AppDriver().connect();
  const reason = new ChatError('unreachable', 'nothing\u001b]0;x\u0007 listens');
  driver.sessionEvents({ type: 'lost', reason });
  const size = { columns: 80, rows: 24 };
  const { hint, status } = frameView(driver.state, size, {
    now: driver.now,
    below,
    depth: 'none',
    theme,
    layoutDraft,
  });
  expect(hint).toEqual({ text: 'nothing listens · /reconnect tries now', tone: 'waiting' });
  expect(status.phase).toMatch(/^reconnecting in \d+ s, attempt 1$/);
});

test.each([
  [{ messages: 2, mentions: 0 }, '↓ 2 new · Ctrl+End newest'],
  [{ messages: 3, mentions: 1 }, '↓ 3 new, 1 mention · Ctrl+End newest'],
  [{ messages: 9, mentions: 2 }, '↓ 9 new, 2 mentions · Ctrl+End newest'],
])('new messages below the view are counted: %j', (below, expected) => {
  const texts = Array.from({ length: 50 }, (_, index) => message(index + 1));
  const { state } = new AppDriver().connect(texts).keys('pageup');
  const size = { columns: 80, rows: 24 };
  expect(frameView(state, size, { now: 0, below, depth: 'none', theme, layoutDraft }).hint.text).toBe(
    expected,
  );
});

test('the hints of a selected message name only what applies to it', () => {
  const image = { ...message(1), type: contentType.image };
  const draft = { room: 0, id: 'mine', timestamp: 1, type: contentType.text, content: encodeText('lost') };
  const driver = new AppDriver()
    .connect([image, message(2)])
    .sessionEvents(
      { type: 'submit', draft },
      { type: 'send-failed', id: 'mine', reason: new ChatError('message-refused', 'no') },
    );
  const hint = () =>
    frameView(driver.state, { columns: 80, rows: 24 }, { now: 0, below, depth: 'none', theme, layoutDraft })
      .hint.text;
  driver.keys('alt+up');
  expect(hint()).toBe('Up, Down select · y copy · r send again · Esc back');
  driver.keys('up');
  expect(hint()).toBe('Up, Down select · y copy · Esc back');
  driver.keys('up');
  expect(hint()).toBe('Up, Down select · o open · s save · Esc back');
});

test('a key that changes one of thousands of lines leaves the other rows unchanged', () => {
  const driver = new AppDriver().connect();
  driver.input({ type: 'paste', text: Array.from({ length: 4000 }, (_, line) => `line ${line}`).join('\n') });
  const size = { columns: 80, rows: 24 };
  const shown = () => frameView(driver.state, size, { now: 0, below, depth: 'none', theme, layoutDraft });
  expect(shown().composer.rows.at(-1)).toBe('line 3999');
  driver.type('!');
  expect(shown().composer.rows.slice(-2)).toEqual(['line 3998', 'line 3999!']);
  driver.keys('ctrl+a').type('>');
  expect(shown().composer.rows.at(-1)).toBe('>line 3999!');
  expect(shown().caret?.x).toBe(3);
});

test.each([
  [80, 'Sunday 22 November 2026', 'scrolled up · Ctrl+End newest'],
  [40, '', 'scrolled up · 11-22 · Ctrl+End newest'],
] as const)(
  'at %d columns the day of the topmost message is in view while scrolled up',
  (columns, label, text) => {
    const driver = new AppDriver()
      .connect(Array.from({ length: 50 }, (_, index) => message(index + 1)))
      .keys('pageup');
    const topTimestamp = new Date(2026, 10, 22, 12).getTime();
    const context = { now: 0, below, topTimestamp, depth: 'none', theme, layoutDraft } as const;
    const view = frameView(driver.state, { columns, rows: 20 }, context);
    expect(view.label).toBe(label);
    expect(view.hint).toEqual({ text, tone: 'faint' });
  },
);

test('a draft, a query and a notice are sanitised', () => {
  const size = { columns: 80, rows: 24 };
  const view = (driver: AppDriver) =>
    frameView(driver.state, size, { now: 0, below, depth: 'none', theme, layoutDraft });
  const odd = '\ta\u202eb\u200b\u2028c';
  const driver = new AppDriver().connect().input({ type: 'paste', text: odd });
  expect(view(driver).composer.rows).toEqual(['    abc']);
  expect(view(driver).caret).toMatchObject({ x: 2 + 7 });
  driver.keys('enter', 'ctrl+r').type('b\u202e\u200b');
  expect(view(driver).hint.text).toContain('search what you sent: b · ');
  const unknown = new AppDriver().connect().type('/no\u202esuch').keys('enter');
  expect(view(unknown).hint.text).toBe('Unknown command /nosuch. F1 lists them.');
  const search = new AppDriver().connect().keys('ctrl+f').type('a\u202eb\u200bc');
  expect(view(search).dialog?.[0]?.text).toBe('search: abc');
  expect(view(search).caret).toMatchObject({ x: 1 + 'search: abc'.length });
  const form = createLoginForm({ address: 'localhost', user: '', password: '' });
  const login = new AppDriver(initialAppState('localhost', form)).type('us\u202eer\u200b');
  expect(view(login).login?.fields.map(({ shown }) => shown)).toEqual(['localhost', 'user', '']);
});
