import { describe, expect, test } from '@jest/globals';
import { AppDriver, message } from '../../../../test/support/app-driver.js';

const nothingSaved = { ignored: [], history: [], rooms: new Map(), drafts: {} };
const named = new Set([5, 20, 40]);
const history = Array.from({ length: 50 }, (_, index) =>
  message(index + 1, 'user2', named.has(index + 1) ? 'hey user1' : 'talk'),
);

describe('mentions', () => {
  test('Alt+P jumps to earlier mentions, Alt+N to later ones and finally to the newest message', () => {
    const driver = new AppDriver().connect(history);
    const jumps = (...keys: string[]) => keys.map((key) => driver.keys(key).state.reading.highlightedKey);
    expect(jumps('alt+p', 'alt+p', 'alt+p')).toEqual(['log/40', 'log/20', 'log/5']);
    expect(driver.keys('alt+p').state.notice).toBe('No earlier mention of you.');
    expect(jumps('alt+n', 'alt+n')).toEqual(['log/20', 'log/40']);
    expect(driver.keys('alt+n').state).toMatchObject({
      reading: { viewport: { type: 'newest' } },
      notice: 'No later mention of you.',
    });
  });

  test('Alt+P starts above the view after scrolling', () => {
    const driver = new AppDriver().connect(history).keys('alt+p', 'pageup', 'pageup', 'pageup', 'alt+p');
    expect(driver.state.reading.highlightedKey).toBe('log/5');
  });

  test('a word of /highlight is a mention', () => {
    const driver = new AppDriver().connect([message(1, 'user2', 'the build'), ...history.slice(5, 19)]);
    driver.type('/highlight build').keys('enter', 'alt+p');
    expect(driver.state.reading.highlightedKey).toBe('log/1');
  });
});

test('Alt+U jumps to the first unread message, or shows that there is none', () => {
  const driver = new AppDriver().connect(history).keys('alt+u');
  expect(driver.state.notice).toBe('No unread messages.');
  driver.input({ type: 'focus', focused: false });
  for (let sequence = 51; sequence <= 80; sequence++) driver.receive(sequence);
  driver.keys('alt+u');
  const { source, height } = driver.view;
  expect(driver.state.reading.viewport.type).toBe('anchored');
  expect(source.indexOf('log/51')).toBeGreaterThan(source.indexOf('log/50') - height);
  expect(driver.state.reading.unreadKey).toBe('log/51');
});

test('the unread messages since the last run are loaded after an excerpt is left', () => {
  const driver = new AppDriver().connect(
    history.map((each) => ({ ...each, sequence: each.sequence + 1000 })),
  );
  driver.keys('ctrl+home');
  driver.sessionEvents(
    { type: 'load-place', after: 0 },
    { type: 'next-page', room: 0, after: 0, messages: history.slice(0, 20) },
  );
  const [load] = driver.asked('load-chat');
  if (load) driver.send({ type: 'chat-loaded', id: load.id, saved: { ...nothingSaved, read: 900 } });
  driver.receive(1051);
  expect(driver.state.reading.resumeAfter).toBe(900);
  expect(driver.asked('load-previous-page')).toEqual([]);
  driver.keys('ctrl+end').sessionEvents({ type: 'forget-previous-pages' });
  expect(driver.asked('load-previous-page')).toHaveLength(1);
});

describe('reading', () => {
  test('messages that arrive while the view is scrolled up are unread and do not move it', () => {
    const driver = new AppDriver().connect(history).keys('pageup');
    const { viewport } = driver.state.reading;
    driver.receive(51).receive(52);
    expect(driver.state.reading.viewport).toBe(viewport);
    expect(driver.state.reading.unreadKey).toBe(driver.session.timeline.items.at(-2)?.key);
  });

  test('the unread line disappears after the newest message was in view with focus for three seconds', () => {
    const driver = new AppDriver().connect(history).keys('pageup').receive(51).keys('ctrl+end');
    expect(driver.wait(2999).state.reading.unreadKey).toBeDefined();
    expect(driver.wait(1).state.reading.unreadKey).toBeUndefined();
  });

  test('messages that arrive without focus are unread until the focus returns', () => {
    const driver = new AppDriver().connect(history).input({ type: 'focus', focused: false }).receive(51);
    expect(driver.wait(10_000).state.reading.unreadKey).toBeDefined();
    driver.input({ type: 'focus', focused: true });
    expect(driver.wait(3000).state.reading.unreadKey).toBeUndefined();
  });

  test('own messages and history are not unread', () => {
    const driver = new AppDriver()
      .input({ type: 'focus', focused: false })
      .connect(history)
      .receive(51, 'user1');
    expect(driver.state.reading.unreadKey).toBeUndefined();
  });

  test('sending shows the newest message and removes the unread line', () => {
    const driver = new AppDriver().connect(history).keys('pageup').receive(51).type('hi').keys('enter');
    expect(driver.state).toMatchObject({ reading: { viewport: { type: 'newest' }, unreadKey: undefined } });
  });

  test('typing does not move the view', () => {
    const driver = new AppDriver().connect(history).keys('pageup');
    expect(driver.type('hello').keys('left').state.reading.viewport.type).toBe('anchored');
  });

  test('PgUp at the top loads older messages', () => {
    const driver = new AppDriver().connect(history);
    expect(driver.effects).not.toContainEqual({ type: 'load-previous-page' });
    driver.keys(...Array<string>(20).fill('pageup'));
    expect(driver.effects).toContainEqual({ type: 'load-previous-page' });
  });
});
