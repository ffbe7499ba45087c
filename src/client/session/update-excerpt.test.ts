import { describe, expect, test } from '@jest/globals';
import { drive, message, opened, received } from '../../../test/support/session-driver.js';
import { ChatError } from '../../shared/errors.js';
import type { Message } from '../../shared/message.js';
import { timelineWindow } from './timeline.js';

/** Messages from one sequence to another, oldest first. */
function range(from: number, to: number): Message[] {
  return Array.from({ length: to - from + 1 }, (_, index) => message(from + index));
}

/** A session with the newest 50 of 1,000 messages. */
function room() {
  return drive({ type: 'reconnect' }, opened({ head: 1000 }), received(...range(951, 1000)));
}

type Room = ReturnType<typeof room>;

function excerptOf({ state }: Room): number[] {
  return [...(state.excerpt?.items ?? [])].map((item) => item.message.sequence);
}

function loadedSequences({ state }: Room): number[] {
  return [...state.timeline.items].map((item) => item.message.sequence);
}

/** The oldest 200 of the 1,000 are loaded. */
function atOldest(): Room {
  const session = room();
  session.then({ type: 'load-place', after: 0 });
  session.then({ type: 'next-page', room: 0, after: 0, messages: range(1, 200) });
  return session;
}

describe('an excerpt', () => {
  test('is loaded with one request, while the timeline continues', () => {
    const session = room();
    session.then({ type: 'load-place', after: 0 });
    expect(session.effects).toEqual([{ type: 'fetch-next-page', room: 0, after: 0, limit: 200 }]);
    session.then({ type: 'next-page', room: 0, after: 0, messages: range(1, 200) });
    session.then(received(message(1001)));
    expect(excerptOf(session)).toEqual(range(1, 200).map(({ sequence }) => sequence));
    expect(session.state.excerpt?.previousPage.type).toBe('none');
    expect(loadedSequences(session).at(-1)).toBe(1001);
  });

  test('grows at both ends', () => {
    const session = room();
    session.then({ type: 'load-place', after: 400 });
    session.then({ type: 'next-page', room: 0, after: 400, messages: range(401, 410) });
    session.then({ type: 'load-previous-page' });
    expect(session.effects).toEqual([{ type: 'fetch-previous-page', room: 0, before: 401, limit: 200 }]);
    session.then({ type: 'previous-page', room: 0, before: 401, messages: range(391, 400).reverse() });
    session.then({ type: 'load-next-page' });
    expect(session.effects).toEqual([{ type: 'fetch-next-page', room: 0, after: 410, limit: 200 }]);
    session.then({ type: 'next-page', room: 0, after: 410, messages: range(411, 420) });
    expect(excerptOf(session)).toEqual(range(391, 420).map(({ sequence }) => sequence));
  });

  test('is joined to the timeline when it reaches it, without a gap or a repeat', () => {
    const session = room();
    session.then({ type: 'load-place', after: 850 });
    session.then({ type: 'next-page', room: 0, after: 850, messages: range(851, 940) });
    session.then({ type: 'load-next-page' });
    session.then({ type: 'next-page', room: 0, after: 940, messages: range(941, 1000) });
    expect(session.state.excerpt).toBeUndefined();
    expect(loadedSequences(session)).toEqual(range(851, 1000).map(({ sequence }) => sequence));
    expect(session.state.previousPage.type).toBe('more');
  });

  test('that reaches the timeline at once extends it', () => {
    const session = room();
    session.then({ type: 'load-place', after: 900 });
    session.then({ type: 'next-page', room: 0, after: 900, messages: range(901, 1000) });
    expect(session.state).toMatchObject({ excerpt: undefined, place: { type: 'idle' } });
    expect(loadedSequences(session)).toHaveLength(100);
  });

  test('keeps a limited number of messages, and drops those at the other end', () => {
    const long = drive({ type: 'reconnect' }, opened({ head: 99_000 }), received(message(99_000)));
    long.then({ type: 'load-place', after: 0 });
    long.then({ type: 'next-page', room: 0, after: 0, messages: range(1, 200) });
    for (let last = 200; last < 6000; last += 200) {
      long.then({ type: 'load-next-page' });
      long.then({ type: 'next-page', room: 0, after: last, messages: range(last + 1, last + 200) });
    }
    expect(excerptOf(long)).toHaveLength(timelineWindow.items);
    expect(excerptOf(long)[0]).toBe(6001 - timelineWindow.items);
    expect(long.state.excerpt?.previousPage.type).toBe('more');
  });

  test('is left by forget-previous-pages, and late answers are dropped', () => {
    const session = atOldest();
    session.then({ type: 'load-next-page' });
    session.then({ type: 'forget-previous-pages' });
    session.then({ type: 'next-page', room: 0, after: 200, messages: range(201, 400) });
    expect(session.state.excerpt).toBeUndefined();
    expect(loadedSequences(session)).toEqual(range(951, 1000).map(({ sequence }) => sequence));
  });

  test('does not mix its previous page with that of the timeline', () => {
    const session = room();
    session.then({ type: 'load-place', after: 400 });
    session.then({ type: 'next-page', room: 0, after: 400, messages: range(401, 600) });
    session.then({ type: 'load-previous-page' });
    session.then({ type: 'forget-previous-pages' });
    session.then({ type: 'load-previous-page' });
    session.then({ type: 'previous-page', room: 0, before: 401, messages: range(201, 400).reverse() });
    expect(loadedSequences(session)[0]).toBe(951);
    session.then({ type: 'previous-page', room: 0, before: 951, messages: range(751, 950).reverse() });
    expect(loadedSequences(session)).toHaveLength(250);
  });

  test('survives a lost connection, and is dropped with another log', () => {
    const session = atOldest();
    session.then({ type: 'load-next-page' });
    session.then({ type: 'lost', reason: new ChatError('unreachable', 'gone') });
    expect(session.state.excerpt).toMatchObject({ nextPage: { type: 'more' } });
    session.then(opened({ head: 1000, resumed: true }));
    expect(session.state.excerpt).toBeDefined();
    session.then(opened({ logId: 'other', head: 3 }));
    expect(session.state.excerpt).toBeUndefined();
  });
});

describe('a request for a place', () => {
  test('fails with the reason of the server', () => {
    const session = room();
    session.then({ type: 'load-place', after: 0 });
    session.then({ type: 'next-page-failed', room: 0, after: 0, reason: new ChatError('timed-out', 'late') });
    expect(session.state.place).toMatchObject({ type: 'failed', reason: { code: 'timed-out' } });
  });

  test('fails when the connection is lost', () => {
    const session = room();
    session.then({ type: 'load-place', after: 0 });
    session.then({ type: 'lost', reason: new ChatError('unreachable', 'gone') });
    expect(session.state.place.type).toBe('failed');
  });

  test('is not made without a connection', () => {
    const session = room();
    session.then({ type: 'lost', reason: new ChatError('unreachable', 'gone') });
    session.then({ type: 'load-place', after: 0 });
    expect(session.effects).toEqual([]);
    expect(session.state.place.type).toBe('failed');
  });
});
