import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { changeOf, inRoom, live, openedWith, received } from '../../../test/support/session-rooms.js';
import { drive, lost, message } from '../../../test/support/session-driver.js';
import { contentType, messageKind, type Detail, type Message } from '../../shared/message.js';
import { decodeText, encodeText } from '../../shared/text.js';
import type { Effect } from './effects.js';
import { loadedMessage } from './message-changes.js';
import { seenFrom, type SessionState } from './state.js';

const deletion = (detail: Partial<Detail> = {}) => ({ detail: { kind: messageKind.delete, ...detail } });
const reaction = (from: string, ...emoji: string[]) => ({
  ...{ from, type: contentType.unknown, content: encodeText('') },
  detail: { kind: messageKind.react, emoji },
});

function items(session: SessionState, room = 0): Message[] {
  const { timeline, excerpt } = seenFrom(session, room);
  return [...(excerpt?.items ?? timeline.items)].map((item) => item.message);
}

/** A message as `text`, `deleted`, and its reactions. */
function form({ content, detail }: Message): string {
  const reactions = (detail?.reactions ?? [])
    .map(({ emoji, names, count }) => `${emoji}${count}:${[...names].sort().join('+')}`)
    .sort();
  return [detail?.deleted ? 'deleted' : decodeText(content), ...reactions].join(' ');
}

const forms = (session: SessionState, room = 0): string[] => items(session, room).map(form);

describe('a change of a message', () => {
  test('replaces its text, removes it and sets reactions in place, and is no news', () => {
    const driven = live();
    driven.then(received(message(101), message(102), message(103)));
    const { news } = driven.state;
    const keys = [...driven.state.timeline.items].map(({ key }) => key);
    driven.then(
      received(
        changeOf(101, 104, { content: encodeText('new'), timestamp: 5 }),
        changeOf(102, 105, deletion({ moderated: true })),
        changeOf(103, 106, reaction('ben', '👍', '🎉')),
        changeOf(103, 107, reaction('carl', '👍')),
        changeOf(103, 108, reaction('ben', '🎉')),
      ),
    );
    expect(forms(driven.session)).toEqual(['new', 'deleted', 'message 103 🎉1:ben 👍1:carl']);
    expect(items(driven.session)[0]?.detail?.edited).toBe(5);
    expect([...driven.state.timeline.items].map(({ key }) => key)).toEqual(keys);
    expect(news.messages).toBe(3);
    // One of them is deleted.
    expect(driven.state.news.messages).toBe(2);
    expect(driven.session.position.readUpTo).toBe(108);
  });

  test.each<[string, Message]>([
    ['an edit by someone else', changeOf(101, 104, { from: 'ben' })],
    [
      'a deletion by someone else who does not say to be a moderator',
      changeOf(101, 104, { from: 'ben', ...deletion() }),
    ],
    ['a change in another room', changeOf(101, 104, { detail: { room: 7 } })],
    ['a change of a message that is not loaded', changeOf(99, 104)],
    ['a change of itself', changeOf(104, 104)],
    ['an edit of an image', changeOf(102, 104)],
    ['a change of a change of the room', changeOf(103, 104, deletion({ moderated: true }))],
    ['a removed edit', changeOf(101, 104, { detail: { deleted: true } })],
    ['a change without a target', message(104, { detail: { room: 0, kind: messageKind.edit } })],
  ])('%s changes nothing', (_, change) => {
    const driven = live(7);
    const room = { room: 0, kind: messageKind.room };
    driven.then(
      received(message(101), message(102, { type: contentType.image }), message(103, { detail: room })),
    );
    const before = items(driven.session);
    driven.then(received(change));
    expect(items(driven.session)).toEqual(before);
  });

  test('has no effect after a deletion', () => {
    const driven = live();
    driven.then(
      received(
        message(101),
        changeOf(101, 102, deletion()),
        changeOf(101, 103),
        changeOf(101, 104, reaction('ben', '👍')),
      ),
    );
    expect(forms(driven.session)).toEqual(['deleted']);
  });

  test('arrives in a room that the user does not look at, and in an excerpt', () => {
    const driven = live(7);
    driven.then(
      received(inRoom(7, 101), changeOf(101, 102, { content: encodeText('new'), detail: { room: 7 } })),
    );
    expect(forms(driven.session, 7)).toEqual(['new']);
    driven.then(received(message(103)));
    driven.then({ type: 'load-place', after: 5 });
    driven.then({ type: 'next-page', room: 0, after: 5, messages: [message(6), message(7)] });
    driven.then(received(changeOf(7, 104, { content: encodeText('newer') })));
    expect(forms(driven.session)).toEqual(['message 6', 'newer']);
  });

  test('adjusts the size of the timeline', () => {
    const driven = live();
    driven.then(received(message(101), message(102)));
    const { bytes } = driven.state.timeline;
    driven.then(
      received(
        changeOf(101, 103, { content: encodeText('message 101, longer') }),
        changeOf(102, 104, deletion()),
      ),
    );
    expect(driven.state.timeline.bytes).toBe(bytes + ', longer'.length - 'message 102'.length);
  });
});

const fetches = (effects: readonly Effect[]) => effects.filter((effect) => effect.type === 'fetch-messages');
const reply = (sequence: number, replyTo: number): Message =>
  message(sequence, { detail: { room: 0, kind: messageKind.message, replyTo } });

describe('the message that a reply answers', () => {
  test('is requested once if it is not loaded, and changes as others do', () => {
    const driven = live();
    driven.then(received(message(101), reply(102, 101), reply(103, 50), reply(104, 50), reply(105, 200)));
    expect(fetches(driven.effects)).toEqual([
      { type: 'fetch-messages', room: 0, sequences: [50], delayMs: 0 },
    ]);
    driven.then(received(reply(106, 50), changeOf(50, 107, { content: encodeText('new') })));
    expect(fetches(driven.effects)).toEqual([]);
    // The answer was sent before the change.
    driven.then({ type: 'messages-known', room: 0, asked: [50], messages: [message(50)] });
    const original = () => loadedMessage(driven.state, 50);
    expect(original() && form(original() ?? message(1))).toBe('new');
    driven.then(received(reply(108, 50), changeOf(50, 109, deletion())));
    expect(fetches(driven.effects)).toEqual([]);
    expect(original()?.detail?.deleted).toBe(true);
  });

  test('is not requested again if it cannot be read, unless the call failed', () => {
    const driven = live();
    driven.then(received(reply(101, 50), reply(102, 51)));
    driven.then({ type: 'messages-known', room: 0, asked: [50, 51], messages: [inRoom(7, 50)] });
    driven.then(received(reply(103, 50), reply(104, 51)));
    expect(fetches(driven.effects)).toEqual([]);
    driven.then(received(reply(105, 52)));
    driven.then({ type: 'messages-known', room: 0, asked: [52], messages: undefined });
    driven.then(received(reply(106, 52)));
    expect(fetches(driven.effects)).toHaveLength(1);
  });
});

test('reactions whose names are not all known are requested, at most once at a time', () => {
  const many = { emoji: '👍', names: ['carl'], count: 150 };
  const popular = (count: number): Message =>
    message(101, { detail: { room: 0, kind: messageKind.message, reactions: [{ ...many, count }] } });
  const driven = live();
  driven.then(received(popular(150), changeOf(101, 102, reaction('ben'))));
  expect(fetches(driven.effects)).toEqual([
    { type: 'fetch-messages', room: 0, sequences: [101], delayMs: 1000 },
  ]);
  driven.then(received(changeOf(101, 103, reaction('dora'))));
  expect(fetches(driven.effects)).toEqual([]);
  driven.then({ type: 'messages-known', room: 0, asked: [101], messages: [popular(148)] });
  expect(forms(driven.session)).toEqual(['message 101 👍148:carl']);
  // A change arrived meanwhile.
  expect(fetches(driven.effects)).toHaveLength(1);
  driven.then({ type: 'messages-known', room: 0, asked: [101], messages: [popular(149)] });
  expect(forms(driven.session)).toEqual(['message 101 👍149:carl']);
});

type Step =
  | { readonly what: 'post' | 'serve' | 'arrive' | 'scroll' | 'resume' | 'place' }
  | { readonly what: 'stream'; readonly count: number }
  | { readonly what: 'edit' | 'delete'; readonly target: number }
  | {
      readonly what: 'react';
      readonly target: number;
      readonly user: string;
      readonly emoji: readonly string[];
    };

const target = fc.nat({ max: 12 });
const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ what: fc.constantFrom('post', 'serve', 'arrive', 'scroll', 'resume', 'place') }),
  fc.record({ what: fc.constant('stream'), count: fc.integer({ min: 1, max: 6 }) }),
  fc.record({ what: fc.constantFrom('edit', 'delete'), target }),
  fc.record({
    ...{ what: fc.constant('react'), target },
    user: fc.constantFrom('ben', 'carl'),
    emoji: fc.subarray(['👍', '🎉', '❤️']),
  }),
);

/** A log of the lobby, and what its messages are after all of it. */
class Log {
  readonly entries: Message[] = [];
  readonly #reactions = new Map<number, Map<string, readonly string[]>>();
  readonly #texts = new Map<number, string>();

  add({ what, ...step }: Step): void {
    const sequence = this.entries.length + 1;
    if (what === 'post') {
      this.#texts.set(sequence, `message ${sequence}`);
      this.entries.push(message(sequence));
      return;
    }
    if (!('target' in step)) return;
    const targets = this.entries.filter(({ detail }) => !detail).map((entry) => entry.sequence);
    const target = targets[step.target % targets.length];
    if (target === undefined || this.#texts.get(target) === 'deleted') return;
    if (what === 'edit') {
      this.#texts.set(target, `edit ${sequence}`);
      this.entries.push(changeOf(target, sequence, { content: encodeText(`edit ${sequence}`) }));
    } else if (what === 'delete') {
      this.#texts.set(target, 'deleted');
      this.#reactions.delete(target);
      this.entries.push(changeOf(target, sequence, deletion()));
    } else if ('user' in step) {
      const own = this.#reactions.get(target) ?? new Map<string, readonly string[]>();
      this.#reactions.set(target, own.set(step.user, step.emoji));
      this.entries.push(changeOf(target, sequence, reaction(step.user, ...step.emoji)));
    }
  }

  /** A message as it is now. */
  now(sequence: number): Message {
    const text = this.#texts.get(sequence) ?? '';
    const own = [...(this.#reactions.get(sequence) ?? [])];
    const emoji = [...new Set(own.flatMap(([, all]) => all))];
    const reactions = emoji.map((one) => {
      const names = own.filter(([, all]) => all.includes(one)).map(([name]) => name);
      return { emoji: one, names, count: names.length };
    });
    const deleted = text === 'deleted';
    const detail = { room: 0, kind: messageKind.message, reactions, ...(deleted && { deleted }) };
    return message(sequence, { content: encodeText(deleted ? '' : text), detail });
  }

  /** Entries as a stream delivers them: messages in their current form. */
  after(read: number, count: number): Message[] {
    return this.entries
      .slice(read, read + count)
      .map((entry) => (entry.detail ? entry : this.now(entry.sequence)));
  }

  page(isWanted: (sequence: number) => boolean): Message[] {
    const found = this.entries.filter(({ detail, sequence }) => !detail && isWanted(sequence));
    return found.map(({ sequence }) => this.now(sequence));
  }
}

type Asked = Extract<Effect, { type: 'fetch-previous-page' | 'fetch-next-page' }>;

test('messages have their current form, however messages, changes, pages and resumes arrive', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 80 }), (steps) => {
      const log = new Log();
      // Some messages are older than the session.
      for (let count = 0; count < 6; count++) log.add({ what: 'post' });
      let [read, asked, served]: [number, Asked[], (() => void)[]] = [log.entries.length, [], []];
      const driven = drive({ type: 'reconnect' }, openedWith([0], false, read));
      const note = (): void => {
        for (const effect of driven.effects)
          if (effect.type === 'fetch-previous-page' || effect.type === 'fetch-next-page') asked.push(effect);
      };
      const serve = (): void => {
        const request = asked.shift();
        if (request?.type === 'fetch-previous-page') {
          const { before } = request;
          const page = log.page((sequence) => before === 0 || sequence < before);
          const messages = page.slice(-3).reverse();
          served.push(() => driven.then({ type: 'previous-page', room: 0, before, messages }));
        } else if (request) {
          const { after } = request;
          const messages = log.page((sequence) => sequence > after).slice(0, 3);
          served.push(() => driven.then({ type: 'next-page', room: 0, after, messages }));
        }
      };
      const stream = (count: number): void => {
        driven.then(received(...log.after(read, count)));
        read = Math.min(log.entries.length, read + count);
      };
      const happen = (each: Step): void => {
        if (each.what === 'stream') stream(each.count);
        else if (each.what === 'serve') serve();
        else if (each.what === 'arrive') served.shift()?.();
        else if (each.what === 'scroll') driven.then({ type: 'load-previous-page' });
        else if (each.what === 'place') driven.then({ type: 'load-place', after: 1 });
        else if (each.what === 'resume') {
          driven.then(lost());
          [asked, served] = [[], []];
          driven.then(openedWith([0], true, read));
        } else log.add(each);
        note();
      };
      note();
      steps.forEach(happen);
      while (asked.length > 0) serve();
      for (const arrive of served) arrive();
      stream(log.entries.length);
      for (const shown of items(driven.session)) expect(form(shown)).toBe(form(log.now(shown.sequence)));
    }),
  );
});
