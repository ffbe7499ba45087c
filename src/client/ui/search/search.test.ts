import { describe, expect, test } from '@jest/globals';
import { AppDriver, message } from '../../../../test/support/app-driver.js';
import { ChatError } from '../../../shared/errors.js';
import type { Search } from '../state/mode.js';
import { hitCount } from './search.js';

const history = Array.from({ length: 50 }, (_, index) => message(index + 951));

/** The newest 50 of 1,000 messages on a server with extensions. */
function room(): AppDriver {
  return new AppDriver().connect(history).sessionEvents({ type: 'online', names: ['user1'] });
}

function search({ state }: AppDriver): Search {
  if (state.mode.type !== 'search') throw new Error('no search is open');
  return state.mode;
}

const found = (...sequences: number[]) =>
  ({
    type: 'search-found',
    text: 'needle',
    messages: sequences.map((sequence) => message(sequence)),
  }) as const;
const ended = { type: 'search-ended', text: 'needle', reason: undefined } as const;

describe('a search', () => {
  test('queries the server, shows hits as they arrive, and jumps to the chosen one on Enter', () => {
    const driver = room().keys('ctrl+f').type('needle').keys('enter');
    expect(driver.asked('search')).toEqual([{ type: 'search', text: 'needle', room: 0 }]);
    driver.send(found(990, 960)).send(ended).keys('down', 'enter');
    expect(driver.state.mode.type).toBe('conversation');
    expect(driver.state.reading.highlightedKey).toBe('log/960');
    expect(driver.state.reading.viewport.type).toBe('anchored');
  });

  test('starts immediately with /search TEXT, and leaves the draft unchanged', () => {
    const driver = room().type('/search needle').keys('enter');
    expect(driver.asked('search')).toHaveLength(1);
    expect(driver.type('s').draft).toBe('');
    expect(search(driver).query.text).toBe('needles');
  });

  test('is closed and stopped by Escape, and drops later hits', () => {
    const driver = room().type('/search needle').keys('enter', 'escape').send(found(990));
    expect(driver.asked('stop-search')).toHaveLength(1);
    expect(driver.state.mode.type).toBe('conversation');
  });

  test('drops the hits of an earlier query', () => {
    const driver = room().type('/search needle').keys('enter').type('s').keys('enter').send(found(990));
    expect(search(driver).hits).toEqual([]);
  });

  test('keeps at most 200 hits, and knows that there are more', () => {
    const driver = room().type('/search needle').keys('enter');
    for (let round = 0; round < 30; round++) driver.send(found(...Array<number>(10).fill(round + 1)));
    expect(search(driver).hits).toHaveLength(200);
    expect(hitCount(search(driver))).toBe('200+');
    const few = room().type('/search needle').keys('enter').send(found(990, 980)).send(ended);
    expect(hitCount(search(few))).toBe('2');
  });

  test('searches the loaded messages if the server has no search', () => {
    const driver = room().type('/search MESSAGE 99').keys('enter');
    driver.send({ type: 'search-ended', text: 'MESSAGE 99', reason: new ChatError('unsupported', 'no') });
    expect(search(driver).hits.map(({ sequence }) => sequence)).toEqual(
      Array.from({ length: 10 }, (_, index) => 999 - index),
    );
    expect(search(driver).progress).toEqual({ type: 'done', where: 'loaded' });
  });

  test('searches the loaded messages while the connection is lost', () => {
    const driver = room().sessionEvents({ type: 'lost', reason: new ChatError('unreachable', 'gone') });
    driver.type('/search message 951').keys('enter', 'enter');
    expect(driver.asked('search')).toEqual([]);
    expect(driver.state.reading.highlightedKey).toBe('log/951');
  });

  test('shows a failure without control characters', () => {
    const driver = room().type('/search needle').keys('enter');
    driver.send({ ...ended, reason: new ChatError('internal', 'broken\u001b[2J') });
    expect(search(driver).progress).toEqual({ type: 'failed', reason: 'broken' });
  });
});

describe('a hit that is not loaded', () => {
  const range = (from: number, to: number) =>
    Array.from({ length: to - from + 1 }, (_, index) => message(from + index));
  const jumping = () =>
    room().type('/search needle').keys('enter').send(found(600)).send(ended).keys('enter');

  test('is shown after one request for the messages around it', () => {
    const driver = jumping();
    expect(driver.asked('load-place')).toEqual([{ type: 'load-place', after: 499 }]);
    driver.sessionEvents(
      { type: 'load-place', after: 499 },
      { type: 'next-page', room: 0, after: 499, messages: range(500, 699) },
    );
    expect(driver.state).toMatchObject({
      reading: {
        pendingJump: undefined,
        highlightedKey: 'log/600',
        viewport: { type: 'anchored', key: 'log/597' },
      },
    });
  });

  test('is requested from closer if large messages above it fill the page', () => {
    const driver = jumping();
    driver.sessionEvents(
      { type: 'load-place', after: 499 },
      { type: 'next-page', room: 0, after: 499, messages: range(500, 502) },
    );
    expect(driver.asked('load-place')[1]).toEqual({ type: 'load-place', after: 599 });
    driver.sessionEvents(
      { type: 'load-place', after: 599 },
      { type: 'next-page', room: 0, after: 599, messages: range(600, 601) },
    );
    expect(driver.state.reading.highlightedKey).toBe('log/600');
  });

  test('is given up with a notice if it is no longer in the log', () => {
    const driver = jumping();
    for (const after of [499, 599]) {
      driver.sessionEvents(
        { type: 'load-place', after },
        { type: 'next-page', room: 0, after, messages: range(700, 702) },
      );
    }
    expect(driver.state).toMatchObject({
      reading: { pendingJump: undefined },
      notice: 'That message is not in the list.',
    });
  });

  test('is given up when the user scrolls away', () => {
    const driver = room().type('/search needle').keys('enter').send(found(600)).send(ended).keys('enter');
    expect(driver.keys('ctrl+end').state.reading.pendingJump).toBeUndefined();
  });
});

describe('the last search', () => {
  const jumped = () =>
    room()
      .type('/search needle')
      .keys('enter')
      .send(found(990, 980, 960))
      .send(ended)
      .keys('enter');
  const highlighted = ({ state }: AppDriver) => state.reading.highlightedKey;

  test('moves to older hits with F3 and to newer hits with F4 or Shift+F3, and stops at the ends', () => {
    const driver = jumped();
    expect(highlighted(driver)).toBe('log/990');
    expect(highlighted(driver.keys('f3'))).toBe('log/980');
    expect(highlighted(driver.keys('f3'))).toBe('log/960');
    expect(driver.keys('f3').notice).toBe('No older hit.');
    expect(highlighted(driver.keys('f4'))).toBe('log/980');
    expect(highlighted(driver.keys('shift+f3'))).toBe('log/990');
    expect(driver.keys('f4').notice).toBe('No newer hit.');
  });

  test('is opened again with its query, its hits and the chosen one', () => {
    const driver = jumped().keys('f3', 'ctrl+f');
    expect(search(driver)).toMatchObject({ query: { text: 'needle' }, chosen: 1 });
    expect(search(driver).hits).toHaveLength(3);
    expect(highlighted(driver.keys('down', 'enter'))).toBe('log/960');
  });

  test('has its query replaced by typing and changed by editing keys', () => {
    expect(search(jumped().keys('ctrl+f').type('thread')).query.text).toBe('thread');
    expect(search(jumped().keys('ctrl+f', 'backspace').type('y')).query.text).toBe('needly');
  });

  test('is searched again if the same text is typed again', () => {
    const driver = jumped().keys('ctrl+f').type('needle').keys('enter');
    expect(driver.asked('search')).toHaveLength(2);
  });

  test('is active until Escape, which removes the highlight and keeps an attachment', () => {
    const driver = jumped();
    expect(driver.state.lastSearch?.isActive).toBe(true);
    driver.keys('escape');
    expect(driver.state.lastSearch?.isActive).toBe(false);
    expect(highlighted(driver)).toBeUndefined();
    expect(highlighted(driver.keys('f3'))).toBe('log/990');
  });

  test('continues while its first hit is shown', () => {
    const driver = room().type('/search needle').keys('enter').send(found(990)).keys('enter');
    expect(driver.asked('stop-search')).toEqual([]);
    driver.send(found(960)).send(ended);
    expect(highlighted(driver.keys('f3'))).toBe('log/960');
    expect(driver.state.lastSearch && hitCount(driver.state.lastSearch.search)).toBe('2');
  });

  test('that Escape stops while it runs may have more hits', () => {
    const driver = room().type('/search needle').keys('enter').send(found(990)).keys('escape');
    expect(driver.asked('stop-search')).toHaveLength(1);
    expect(driver.state.lastSearch && hitCount(driver.state.lastSearch.search)).toBe('1+');
  });

  test('is forgotten with another log', () => {
    const driver = jumped();
    const opened = { type: 'opened', logId: 'other', head: 0, resumed: false } as const;
    const limits = { maxTextBytes: undefined, maxImageBytes: undefined };
    driver.sessionEvents({ type: 'opened', opened: { ...opened, ...limits } });
    expect(driver.state.lastSearch).toBeUndefined();
  });

  test('without hits leads to a notice', () => {
    expect(room().keys('f3').notice).toBe('Nothing was found before: Ctrl+F searches.');
  });
});
