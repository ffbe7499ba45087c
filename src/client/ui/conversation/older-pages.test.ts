import { describe, expect, test } from '@jest/globals';
import { AppDriver, message } from '../../../../test/support/app-driver.js';
import { ChatError } from '../../../shared/errors.js';
import { timelineWindow } from '../../session/timeline.js';
import { topOf } from './viewport.js';

const messages = (first: number, last: number) =>
  Array.from({ length: last - first + 1 }, (_, index) => message(first + index));

/** The newest 50 of 1,050 messages, scrolled past the top. */
function atTop(): AppDriver {
  return new AppDriver().connect(messages(1001, 1050)).keys('ctrl+home', 'pageup');
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
    expect(driver.asked('load-previous-page')).toHaveLength(1);
    expect(firstRows(driver)).toContain('loading older messages…');
  });

  test('does not move the view when the page arrives', () => {
    const driver = atTop().sessionEvents({ type: 'load-previous-page' });
    driver.sessionEvents({ type: 'previous-page', messages: messages(801, 1000).reverse() });
    expect(firstRows(driver)).toContain('message 1001');
    expect(firstRows(driver)).not.toContain('loading');
    expect(driver.keys('pageup').state.reading.viewport).toMatchObject({ type: 'anchored' });
    expect(firstRows(driver)).not.toContain('message 1001');
  });

  test('shows where the conversation begins', () => {
    const driver = new AppDriver().connect(messages(1, 50)).keys('ctrl+home', 'pageup');
    driver.sessionEvents({ type: 'load-previous-page' });
    expect(firstRows(driver)).toContain('beginning of the conversation');
  });

  test('shows a failure, and can load the page again', () => {
    const driver = atTop().sessionEvents(
      { type: 'load-previous-page' },
      { type: 'previous-page-failed', reason: new ChatError('unreachable', 'the server is away') },
    );
    expect(firstRows(driver)).toContain('could not load older messages: the server is away');
    expect(driver.keys('pageup').asked('load-previous-page')).toHaveLength(2);
  });
});

test('returning to the newest message drops the older pages', () => {
  const driver = atTop().sessionEvents({ type: 'load-previous-page' });
  driver.sessionEvents({ type: 'previous-page', messages: messages(801, 1000).reverse() });
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
