import { describe, expect, test } from '@jest/globals';
import { ChatError, type ErrorCode } from '../../shared/errors.js';
import { contentType, type Draft, type Message } from '../../shared/message.js';
import { encodeText } from '../../shared/text.js';
import type { Opened } from '../connection.js';
import type { Effect } from './effects.js';
import type { SessionEvent } from './events.js';
import { initialState, itemAt, itemCount, type SessionState } from './state.js';
import { update } from './update.js';

const start = Date.UTC(2026, 10, 22);

/** A session driven by hand: `effects` are those of the last event. */
function drive(...events: readonly SessionEvent[]): {
  state: SessionState;
  effects: readonly Effect[];
  then(next: SessionEvent, after?: number): void;
} {
  let now = start;
  const driven = {
    state: initialState('user1'),
    effects: [] as readonly Effect[],
    then(event: SessionEvent, after = 0) {
      now += after;
      [driven.state, driven.effects] = update(driven.state, event, { now, chance: 0.5 });
    },
  };
  for (const event of events) driven.then(event);
  return driven;
}

function opened(changes: Partial<Opened> = {}): SessionEvent {
  const ours = { logId: 'log', head: 0, resumed: false, maxText: undefined, maxImage: undefined };
  return { type: 'opened', opened: { type: 'opened', ...ours, ...changes } };
}

const openedElsewhere = opened({ logId: undefined, head: undefined });

function draft(id: string): Draft {
  return { id, timestamp: start, type: contentType.text, content: encodeText(id) };
}

function submit(id: string): SessionEvent {
  return { type: 'submit', draft: draft(id) };
}

function message(sequence: number, changes: Partial<Message> = {}): Message {
  const content = encodeText(`message ${sequence}`);
  return { sequence, id: '', from: 'user2', timestamp: start, type: contentType.text, content, ...changes };
}

function received(...messages: readonly Message[]): SessionEvent {
  return { type: 'received', messages };
}

function echo(sequence: number, id: string, changes: Partial<Message> = {}): Message {
  return { ...draft(id), sequence, from: 'user1', ...changes };
}

function lost(code: ErrorCode = 'unreachable', retryAfterMs?: number): SessionEvent {
  const details = retryAfterMs === undefined ? {} : { retryAfterMs };
  return { type: 'lost', reason: new ChatError(code, code, details) };
}

function sendFailed(id: string, code: ErrorCode, retryAfterMs?: number): SessionEvent {
  const details = retryAfterMs === undefined ? {} : { retryAfterMs };
  return { type: 'send-failed', id, reason: new ChatError(code, code, details) };
}

/** What the list shows, a word an item: its text and what became of it. */
function shown(state: SessionState): string[] {
  return Array.from({ length: itemCount(state) }, (_, index) => {
    const item = itemAt(state, index);
    if (!item) throw new Error('no item');
    return `${Buffer.from(item.message.content).toString()}: ${item.delivery.type}`;
  });
}

function sentIds(effects: readonly Effect[]): string[] {
  return effects.flatMap((effect) => (effect.type === 'send' ? [effect.draft.id] : []));
}

describe('connecting', () => {
  test('subscribes without a cursor and is live only when the server has answered', () => {
    const session = drive({ type: 'reconnect' });
    expect(session.effects).toContainEqual({ type: 'subscribe', cursor: undefined });
    expect(session.state.phase.type).toBe('connecting');
    session.then(opened({ maxText: 10, maxImage: 20 }));
    expect(session.state.phase.type).toBe('live');
    expect(session.state.limits).toEqual({ maxText: 10, maxImage: 20 });
  });

  test('a lost connection is tried again after 1 s doubling to 30 s, counting the attempts', () => {
    const session = drive({ type: 'reconnect' }, opened());
    const delays: number[] = [];
    for (let attempt = 1; attempt <= 7; attempt++) {
      session.then(lost(), 60_000);
      expect(session.state.phase).toMatchObject({ type: 'reconnecting', attempt });
      const wait = session.effects.find((effect) => effect.type === 'wait');
      delays.push(wait?.milliseconds ?? NaN);
      session.then({ type: 'waited', timer: 'reconnect' });
      expect(session.state.phase).toMatchObject({ type: 'reconnecting', attempt, retryAt: undefined });
      expect(session.effects.map((effect) => effect.type)).toContain('subscribe');
    }
    expect(delays).toEqual([750, 1500, 3000, 6000, 12_000, 22_500, 22_500]);
  });

  test('attempts count on when the connection held only for a moment, and anew when it held', () => {
    const session = drive({ type: 'reconnect' }, opened(), lost(), { type: 'waited', timer: 'reconnect' });
    session.then(opened());
    session.then(lost(), 9_999);
    expect(session.state.phase).toMatchObject({ attempt: 2 });
    session.then({ type: 'waited', timer: 'reconnect' });
    session.then(opened());
    session.then(lost(), 10_000);
    expect(session.state.phase).toMatchObject({ attempt: 1 });
  });

  test('a server that names a pause is given it', () => {
    const session = drive({ type: 'reconnect' }, lost('rate-limited', 20_000));
    expect(session.state.phase).toMatchObject({ type: 'reconnecting', retryAt: start + 20_000 });
  });

  test.each<ErrorCode>(['login-refused', 'certificate-untrusted', 'unsupported', 'usage'])(
    'after %s nothing is tried again by itself, at first or later',
    (code) => {
      for (const before of [[], [opened()]]) {
        const session = drive({ type: 'reconnect' }, ...before, lost(code));
        expect(session.state.phase).toMatchObject({ type: 'refused', reason: { code } });
        expect(session.effects.some((effect) => effect.type === 'wait')).toBe(false);
        session.then({ type: 'waited', timer: 'reconnect' });
        expect(session.effects).toEqual([]);
      }
    },
  );

  test('a person can connect at once while waiting, and again after a refusal', () => {
    const waiting = drive({ type: 'reconnect' }, lost(), { type: 'reconnect' });
    expect(waiting.effects.map((effect) => effect.type)).toEqual(['stop-waiting', 'subscribe']);
    const refused = drive({ type: 'reconnect' }, lost('login-refused'), { type: 'reconnect' });
    expect(refused.state.phase.type).toBe('connecting');
  });

  test('a closed session does nothing more', () => {
    const session = drive({ type: 'reconnect' }, opened(), { type: 'close' });
    expect(session.effects).toEqual([{ type: 'close' }]);
    for (const event of [submit('a'), received(message(1)), lost(), { type: 'close' } as const]) {
      const before = session.state;
      session.then(event);
      expect(session.state).toBe(before);
      expect(session.effects).toEqual([]);
    }
  });
});

describe('reading', () => {
  test('goes on after the last message seen, and shows what came again only once', () => {
    const session = drive(
      { type: 'reconnect' },
      opened({ head: 2 }),
      received(message(1), message(2)),
      lost(),
    );
    session.then({ type: 'waited', timer: 'reconnect' });
    expect(session.effects).toContainEqual({ type: 'subscribe', cursor: { logId: 'log', after: 2 } });
    session.then(opened({ head: 3, resumed: true }));
    session.then(received(message(2), message(3), message(3)));
    expect(shown(session.state)).toEqual(
      ['message 1', 'message 2', 'message 3'].map((text) => `${text}: delivered`),
    );
  });

  test('starts the list anew where the server did not resume, with the first batch and not before', () => {
    const session = drive(
      { type: 'reconnect' },
      opened({ head: 2 }),
      received(message(1), message(2)),
      lost(),
    );
    session.then(opened({ logId: 'other', head: 9 }));
    expect(itemCount(session.state)).toBe(2);
    session.then(received(message(8), message(9)));
    expect(shown(session.state)).toEqual(['message 8: delivered', 'message 9: delivered']);
  });

  test('a connection lost before the first batch leaves no cursor of another log', () => {
    const session = drive(
      { type: 'reconnect' },
      opened({ head: 2 }),
      received(message(1), message(2)),
      lost(),
    );
    session.then(opened({ logId: 'other', head: 9 }));
    session.then(lost());
    session.then({ type: 'waited', timer: 'reconnect' });
    expect(session.effects).toContainEqual({ type: 'subscribe', cursor: undefined });
  });

  test('an empty first batch means that everything up to the head was read', () => {
    const session = drive({ type: 'reconnect' }, opened({ head: 50 }), received(), lost());
    session.then({ type: 'waited', timer: 'reconnect' });
    expect(session.effects).toContainEqual({ type: 'subscribe', cursor: { logId: 'log', after: 50 } });
  });

  test('a server without a log never gets a cursor', () => {
    const session = drive({ type: 'reconnect' }, openedElsewhere, received(message(0)), lost());
    session.then({ type: 'waited', timer: 'reconnect' });
    expect(session.effects).toContainEqual({ type: 'subscribe', cursor: undefined });
  });
});

describe('sending', () => {
  test('sends one message at a time, in the order typed', () => {
    const session = drive({ type: 'reconnect' }, opened(), submit('a'));
    expect(sentIds(session.effects)).toEqual(['a']);
    session.then(submit('b'));
    session.then(submit('c'));
    expect(sentIds(session.effects)).toEqual([]);
    session.then({ type: 'sent', id: 'a', sent: { sequence: 1 } });
    expect(sentIds(session.effects)).toEqual(['b']);
    expect(shown(session.state)).toEqual(['a: delivered', 'b: sending', 'c: sending']);
  });

  test('keeps what is typed while offline and sends it when the server is back', () => {
    const session = drive({ type: 'reconnect' }, lost(), submit('a'), submit('b'));
    expect(session.effects).toEqual([]);
    session.then(opened());
    expect(sentIds(session.effects)).toEqual(['a']);
  });

  test('an own message keeps its key when it takes its place in the log, before or after the answer', () => {
    for (const answersFirst of [true, false]) {
      const answer: SessionEvent = { type: 'sent', id: 'a', sent: { sequence: 2 } };
      const arrival = received(message(1), echo(2, 'a'), message(3));
      const session = drive({ type: 'reconnect' }, opened(), submit('a'), submit('b'));
      for (const event of answersFirst ? [answer, arrival] : [arrival, answer]) session.then(event);
      expect(shown(session.state)).toEqual([
        'message 1: delivered',
        'a: delivered',
        'message 3: delivered',
        'b: sending',
      ]);
      expect(itemAt(session.state, 1)).toMatchObject({ key: 'a', mine: true });
      expect(session.state.outbox.inFlight).toBe('b');
    }
  });

  test("another user's message with the same id is not taken for the own one", () => {
    const session = drive(
      { type: 'reconnect' },
      opened(),
      submit('a'),
      received(echo(1, 'a', { from: 'user2' })),
    );
    expect(shown(session.state)).toEqual(['a: delivered', 'a: sending']);
  });

  test('a lost answer is asked for again with the same id, ahead of what was typed later', () => {
    const session = drive({ type: 'reconnect' }, opened(), submit('a'), submit('b'), lost());
    session.then(sendFailed('a', 'may-not-have-arrived'));
    expect(sentIds(session.effects)).toEqual([]);
    session.then(opened({ resumed: true }));
    expect(sentIds(session.effects)).toEqual(['a']);
  });

  test('a message whose answer was lost, but whose echo came, is not sent again', () => {
    const session = drive({ type: 'reconnect' }, opened(), submit('a'), received(echo(1, 'a')), lost());
    session.then(sendFailed('a', 'may-not-have-arrived'));
    session.then(opened({ resumed: true, head: 1 }));
    expect(sentIds(session.effects)).toEqual([]);
    expect(shown(session.state)).toEqual(['a: delivered']);
  });

  test('an answer lost for a day is not asked for again: the server may have forgotten the id', () => {
    const session = drive({ type: 'reconnect' }, opened(), submit('a'), lost(), sendFailed('a', 'timed-out'));
    session.then(opened({ resumed: true }), 24 * 60 * 60 * 1000);
    expect(sentIds(session.effects)).toEqual([]);
    expect(itemAt(session.state, 0)?.delivery).toMatchObject({ reason: { code: 'may-not-have-arrived' } });
  });

  test('a retried message whose place lies before the list is not left standing below it', () => {
    const session = drive({ type: 'reconnect' }, opened(), submit('a'), lost(), sendFailed('a', 'timed-out'));
    session.then(opened({ head: 900 }));
    session.then(received(message(899), message(900)));
    session.then({ type: 'sent', id: 'a', sent: { sequence: 1 } });
    expect(shown(session.state)).toEqual(['message 899: delivered', 'message 900: delivered']);
  });

  test.each<ErrorCode>(['message-refused', 'message-too-large', 'internal'])(
    'what fails with %s is marked with the reason, and the queue goes on',
    (code) => {
      const session = drive({ type: 'reconnect' }, opened(), submit('a'), submit('b'), sendFailed('a', code));
      expect(itemAt(session.state, 0)?.delivery).toMatchObject({ type: 'failed', reason: { code } });
      expect(sentIds(session.effects)).toEqual(['b']);
    },
  );

  test('too fast means waiting as long as the server says, and nothing overtakes', () => {
    const session = drive({ type: 'reconnect' }, opened(), submit('a'), submit('b'));
    session.then(sendFailed('a', 'rate-limited', 400));
    expect(session.effects).toEqual([{ type: 'wait', timer: 'send', milliseconds: 400 }]);
    expect(session.state.outbox.held).toMatchObject({ until: start + 400, reason: { code: 'rate-limited' } });
    session.then({ type: 'waited', timer: 'send' });
    expect(sentIds(session.effects)).toEqual(['a']);
  });

  test('what is typed during such a pause waits too', () => {
    const session = drive({ type: 'reconnect' }, opened(), submit('a'), sendFailed('a', 'rate-limited', 400));
    session.then(submit('b'));
    expect(session.effects).toEqual([]);
  });

  test('a message that is on the server, but not in its short history, does not stay below a list begun anew', () => {
    const session = drive({ type: 'reconnect' }, openedElsewhere, received(), submit('a'));
    session.then({ type: 'sent', id: 'a', sent: { sequence: undefined } });
    session.then(lost());
    session.then(openedElsewhere);
    session.then(received(message(0)));
    expect(shown(session.state)).toEqual(['message 0: delivered']);
  });

  test('a lost answer is not asked for again where a server without ids took the place of ours', () => {
    const session = drive({ type: 'reconnect' }, opened(), submit('a'), lost(), sendFailed('a', 'timed-out'));
    session.then(openedElsewhere);
    expect(sentIds(session.effects)).toEqual([]);
    expect(itemAt(session.state, 0)?.delivery).toMatchObject({ reason: { code: 'may-not-have-arrived' } });
  });

  test('a refused login stops the session and keeps the message for the next login', () => {
    const session = drive({ type: 'reconnect' }, opened(), submit('a'), sendFailed('a', 'login-refused'));
    expect(session.state.phase.type).toBe('refused');
    session.then({ type: 'reconnect' });
    session.then(opened({ resumed: true }));
    expect(sentIds(session.effects)).toEqual(['a']);
  });

  test('failed messages are sent again with their old id, in their order, after what was waiting', () => {
    const session = drive({ type: 'reconnect' }, opened(), submit('a'), submit('b'), submit('c'));
    session.then(sendFailed('a', 'message-refused'));
    session.then(sendFailed('b', 'message-refused'));
    session.then({ type: 'resend' });
    expect(shown(session.state)).toEqual(['c: sending', 'a: sending', 'b: sending']);
    session.then({ type: 'sent', id: 'c', sent: { sequence: 1 } });
    expect(sentIds(session.effects)).toEqual(['a']);
  });

  test('a failed message can be taken out, one on its way cannot', () => {
    const session = drive(
      { type: 'reconnect' },
      opened(),
      submit('a'),
      submit('b'),
      sendFailed('a', 'message-refused'),
    );
    session.then({ type: 'discard', key: 'a' });
    session.then({ type: 'discard', key: 'b' });
    expect(shown(session.state)).toEqual(['b: sending']);
  });
});

describe('sending to a server without ids', () => {
  test('the echo is known by author, time, type and content, each echo once', () => {
    const session = drive({ type: 'reconnect' }, openedElsewhere);
    session.then({ type: 'submit', draft: { ...draft('a'), content: encodeText('same') } });
    session.then({ type: 'submit', draft: { ...draft('b'), content: encodeText('same') } });
    const bare = { id: '', content: encodeText('same') };
    session.then(received(echo(0, 'a', { ...bare, from: 'user2' }), echo(0, 'a', { ...bare, timestamp: 1 })));
    expect(session.state.outbox.entries.length).toBe(2);
    session.then(received(echo(0, 'a', bare)));
    expect(session.state.outbox.entries.map((entry) => entry.draft.id)).toEqual(['b']);
    session.then(received(echo(0, 'b', bare)));
    expect(session.state.outbox.entries).toEqual([]);
    expect(itemCount(session.state)).toBe(4);
  });

  test('a lost answer is never asked for again by itself: the message may not have arrived', () => {
    const session = drive({ type: 'reconnect' }, openedElsewhere, submit('a'), submit('b'), lost());
    session.then(sendFailed('a', 'may-not-have-arrived'));
    session.then(openedElsewhere);
    expect(sentIds(session.effects)).toEqual(['b']);
    expect(itemAt(session.state, 0)?.delivery).toMatchObject({ reason: { message: 'may not have arrived' } });
    session.then({ type: 'resend', key: 'a' });
    session.then({ type: 'sent', id: 'b', sent: { sequence: undefined } });
    expect(sentIds(session.effects)).toEqual(['a']);
  });

  test('a message that surely did not leave is sent when the server is back', () => {
    const session = drive(
      { type: 'reconnect' },
      openedElsewhere,
      submit('a'),
      lost(),
      sendFailed('a', 'unreachable'),
    );
    session.then(openedElsewhere);
    expect(sentIds(session.effects)).toEqual(['a']);
  });

  test('one that did arrive after all is shown delivered when the history comes again', () => {
    const session = drive({ type: 'reconnect' }, openedElsewhere, submit('a'), lost());
    session.then(sendFailed('a', 'may-not-have-arrived'));
    session.then(openedElsewhere);
    session.then(received(echo(0, 'a', { id: '' })));
    expect(shown(session.state)).toEqual(['a: delivered']);
  });
});

describe('older pages', () => {
  const live = [{ type: 'reconnect' }, opened({ head: 11 }), received(message(10), message(11))] as const;

  test('are asked for one at a time and put above the list, until there are none', () => {
    const session = drive(...live, { type: 'load-older' });
    expect(session.effects).toEqual([{ type: 'fetch-older', before: 10, limit: 200 }]);
    session.then({ type: 'load-older' });
    expect(session.effects).toEqual([]);
    session.then({ type: 'older', messages: [message(10), message(9), message(8), message(9)] });
    expect(session.state.timeline.items.length).toBe(4);
    expect(session.state.older.type).toBe('more');
    session.then({ type: 'load-older' });
    session.then({ type: 'older', messages: [] });
    expect(session.state.older.type).toBe('none');
  });

  test('a failure says why and can be tried again; a server without history has none', () => {
    const session = drive(...live, { type: 'load-older' });
    session.then({ type: 'older-failed', reason: new ChatError('timed-out', 'late') });
    expect(session.state.older).toMatchObject({ type: 'failed', reason: { code: 'timed-out' } });
    session.then({ type: 'load-older' });
    session.then({ type: 'older-failed', reason: new ChatError('unsupported', 'no') });
    expect(session.state).toMatchObject({ older: { type: 'none' }, extensions: false });
  });

  test('a list that begins with the first message asks for nothing', () => {
    const session = drive({ type: 'reconnect' }, opened({ head: 1 }), received(message(1)), {
      type: 'load-older',
    });
    expect(session.effects).toEqual([]);
    expect(session.state.older.type).toBe('none');
  });
});

describe('presence', () => {
  test('is known while live, unknown otherwise', () => {
    const session = drive({ type: 'reconnect' }, opened());
    expect(session.effects).toContainEqual({ type: 'watch-online' });
    session.then({ type: 'online', names: ['user1', 'user2'] });
    expect(session.state).toMatchObject({ online: ['user1', 'user2'], extensions: true });
    session.then(lost());
    expect(session.state.online).toBeUndefined();
  });

  test('is not asked for again where the server has none, and later where it broke off', () => {
    const session = drive({ type: 'reconnect' }, opened());
    session.then({ type: 'online-lost', reason: new ChatError('unsupported', 'no') });
    expect(session.effects).toEqual([]);
    session.then({ type: 'online-lost', reason: new ChatError('unreachable', 'broken') });
    expect(session.effects).toEqual([{ type: 'wait', timer: 'online', milliseconds: 10_000 }]);
  });
});
