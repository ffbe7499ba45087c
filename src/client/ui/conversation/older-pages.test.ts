import { describe, expect, test } from '@jest/globals';
import { AppDriver, message } from '../../../../test/support/app-driver.js';
import { ChatError } from '../../../shared/errors.js';
import { contentType } from '../../../shared/message.js';
import { timelineWindow } from '../../session/timeline.js';
import { topOf } from './viewport.js';

const messages = (first: number, last: number) =>
  Array.from({ length: last - first + 1 }, (_, index) => message(first + index));

/** The newest 50 of 1,050 messages, scrolled past the top. */
function atTop(): AppDriver {
  return new AppDriver().connect(messages(1001, 1050)).keys(...Array<string>(20).fill('pageup'));
}

/** The first rows of the view. */
function firstRows({ view, state }: AppDriver): string {
  const { index } = topOf(state.reading.viewport, view.source, view.height);
  return view.source
    .rows(index)
    .map((row) => (typeof row === 'string' ? row : row.before))
    .join('\n');
}

describe('scrolling past the top', () => {
  test('loads the previous page and shows that', () => {
    const driver = atTop().sessionEvents({ type: 'load-previous-page' });
    expect(driver.asked('load-previous-page').length).toBeGreaterThan(0);
    expect(firstRows(driver)).toContain('loading older messages…');
  });

  test('does not move the view when the page arrives', () => {
    const driver = atTop().sessionEvents({ type: 'load-previous-page' });
    driver.sessionEvents({
      type: 'previous-page',
      room: 0,
      before: 1001,
      messages: messages(801, 1000).reverse(),
    });
    expect(firstRows(driver)).toContain('message 1001');
    expect(firstRows(driver)).not.toContain('loading');
    expect(driver.keys('pageup').state.reading.viewport).toMatchObject({ type: 'anchored' });
    expect(firstRows(driver)).not.toContain('message 1001');
  });

  test('shows where the conversation begins', () => {
    const driver = new AppDriver().connect(messages(1, 50)).keys(...Array<string>(20).fill('pageup'));
    driver.sessionEvents({ type: 'load-previous-page' });
    expect(firstRows(driver)).toContain('beginning of the conversation');
  });

  test('shows a failure, and can load the page again', () => {
    const driver = atTop().sessionEvents(
      { type: 'load-previous-page' },
      {
        type: 'previous-page-failed',
        room: 0,
        before: 1001,
        reason: new ChatError('unreachable', 'the server is away'),
      },
    );
    expect(firstRows(driver)).toContain('could not load older messages: the server is away');
    const { length } = driver.asked('load-previous-page');
    expect(driver.keys('pageup').asked('load-previous-page')).toHaveLength(length + 1);
  });
});

describe('Ctrl+Home', () => {
  /** The oldest 200 of 1,050 messages are shown. */
  function atOldest(): AppDriver {
    const driver = new AppDriver().connect(messages(1001, 1050)).keys('ctrl+home');
    expect(driver.asked('load-place')).toEqual([{ type: 'load-place', after: 0 }]);
    return driver.sessionEvents(
      { type: 'load-place', after: 0 },
      { type: 'next-page', room: 0, after: 0, messages: messages(1, 200) },
    );
  }

  test('shows the oldest message of the log after one request', () => {
    const driver = atOldest();
    expect(firstRows(driver)).toContain('beginning of the conversation');
    expect(firstRows(driver)).toContain('message 1');
    expect(driver.view.source.count).toBe(200);
    expect(driver.notice).toBeUndefined();
  });

  test('scrolls on from there down to the newest message', () => {
    const driver = atOldest();
    const scrollDown = () => {
      for (let page = 0; page < 40 && driver.asked('load-next-page').length === 0; page++)
        driver.keys('pagedown');
      expect(driver.asked('load-next-page')).toHaveLength(1);
      driver.effects = [];
    };
    for (let last = 200; last < 1000; last += 200) {
      scrollDown();
      expect(driver.state.reading.viewport.type).toBe('anchored');
      const page = messages(last + 1, last + 200);
      driver.sessionEvents(
        { type: 'load-next-page' },
        { type: 'next-page', room: 0, after: last, messages: page },
      );
    }
    scrollDown();
    const rest = messages(1001, 1050);
    driver.sessionEvents(
      { type: 'load-next-page' },
      { type: 'next-page', room: 0, after: 1000, messages: rest },
    );
    expect(driver.view.source.count).toBe(1050);
    for (let page = 0; page < 20; page++) driver.keys('pagedown');
    expect(driver.state.reading.viewport.type).toBe('newest');
  });

  test('is undone by Ctrl+End', () => {
    const driver = atOldest().keys('ctrl+end');
    expect(driver.asked('forget-previous-pages')).toHaveLength(1);
    driver.sessionEvents({ type: 'forget-previous-pages' });
    expect(driver.view.source.count).toBe(50);
    expect(driver.state.reading.viewport.type).toBe('newest');
  });

  test('counts the messages that arrive meanwhile as unread, and Alt+U goes to the first of them', () => {
    const driver = atOldest().receive(1051).receive(1052);
    expect(driver.state.reading.unreadCount).toBe(2);
    driver.keys('alt+u').sessionEvents({ type: 'forget-previous-pages' });
    expect(driver.state.reading.pendingJump).toBeUndefined();
    expect(driver.view.source.indexOf(driver.state.reading.unreadKey ?? '')).toBe(50);
  });

  test('reports a failure and shows the oldest loaded message', () => {
    const driver = new AppDriver().connect(messages(1001, 1050)).keys('ctrl+home');
    const reason = new ChatError('timed-out', 'no answer');
    driver.sessionEvents(
      { type: 'load-place', after: 0 },
      { type: 'next-page-failed', room: 0, after: 0, reason },
    );
    expect(driver.notice).toBe('The oldest messages were not loaded: no answer');
    expect(firstRows(driver)).toContain('message 1001');
  });

  test('brings old images into view, which /open finds by number', () => {
    const driver = new AppDriver().connect(messages(1001, 1050)).keys('ctrl+home');
    const image = { ...message(2), type: contentType.image };
    driver.sessionEvents(
      { type: 'load-place', after: 0 },
      { type: 'next-page', room: 0, after: 0, messages: [message(1), image, message(3)] },
    );
    expect(driver.type('/open 2').keys('enter').asked('open-image')).toMatchObject([{ number: 2 }]);
  });

  test('sends nothing if the beginning is loaded', () => {
    const driver = new AppDriver().connect(messages(1, 50)).sessionEvents({ type: 'load-previous-page' });
    expect(driver.keys('ctrl+home').asked('load-place')).toEqual([]);
    expect(firstRows(driver)).toContain('beginning of the conversation');
  });
});

test('returning to the newest message drops the older pages', () => {
  const driver = atTop().sessionEvents({ type: 'load-previous-page' });
  driver.sessionEvents({
    type: 'previous-page',
    room: 0,
    before: 1001,
    messages: messages(801, 1000).reverse(),
  });
  expect(driver.keys('pagedown').asked('forget-previous-pages')).toHaveLength(0);
  expect(driver.keys('ctrl+end').asked('forget-previous-pages')).toHaveLength(1);
});

test('after 100,000 messages only the window is kept, wherever the view is', () => {
  const driver = new AppDriver().connect(messages(1, 50)).keys('pageup');
  for (let first = 51; first <= 100_000; first += 1000) {
    driver.sessionEvents({ type: 'received', messages: messages(first, first + 999) });
  }
  const { timeline } = driver.session;
  expect(timeline.items.length).toBe(timelineWindow.items);
  expect(timeline.items.at(-1)?.message.sequence).toBe(100_050);
  expect(driver.view.source.count).toBe(timelineWindow.items);
  // The message in view was dropped: the view is at the oldest one.
  expect(topOf(driver.state.reading.viewport, driver.view.source, driver.view.height)).toEqual({
    index: 0,
    row: 0,
  });
});
