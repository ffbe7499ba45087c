import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { ChatError } from '../../shared/errors.js';
import { contentType, lobby, type Draft, type Message } from '../../shared/message.js';
import { encodeText } from '../../shared/text.js';
import type { Cursor } from '../connection/port.js';
import type { SessionEvent } from './events.js';
import type { Timer } from './effects.js';
import type { RoomDraft } from './outbox.js';
import { inLobby } from '../../../test/support/session-driver.js';
import { initialState, itemAt, itemCount, type Conversation, type SessionState } from './state.js';
import { update } from './update.js';

/** The possible events between a session and its server; an impossible one does nothing. */
const happenings = [
  'submit',
  'other-writes',
  'message-arrives',
  'message-is-lost',
  'answer-arrives',
  'answer-is-lost',
  'batch-arrives',
  'batch-arrives-twice',
  'link-breaks',
  'timer',
  'resend',
] as const;
type Happening = (typeof happenings)[number];

const step = fc.constantFrom(...happenings);

/** A simulated server and network, with a session that uses them. */
class World {
  state: SessionState = initialState('me');
  readonly log: Message[] = [];
  readonly typed: string[] = [];
  readonly #isOurs: boolean;
  readonly #historyLength: number;
  #now = 1;
  #asked: { cursor: Cursor | undefined } | undefined;
  /** The end of the part of the log that the open stream has sent. */
  #read: number | undefined;
  #request: Draft | undefined;
  #answer: { id: string; sequence: number } | undefined;
  readonly #timers = new Set<Timer>();

  constructor(isOurs: boolean, historyLength: number) {
    this.#isOurs = isOurs;
    this.#historyLength = historyLength;
    this.#dispatch({ type: 'reconnect' });
  }

  happen(what: Happening): void {
    this.#now += 100;
    switch (what) {
      case 'submit': {
        const id = `d${this.typed.length}`;
        this.typed.push(id);
        const draft = {
          room: lobby,
          id,
          timestamp: this.#now,
          type: contentType.text,
          content: encodeText(id),
        };
        this.#dispatch({ type: 'submit', draft });
        return;
      }
      case 'other-writes':
        this.#append(
          { id: '', timestamp: this.#now, type: contentType.text, content: encodeText('x') },
          'other',
        );
        return;
      case 'message-arrives': {
        const draft = this.#request;
        if (!draft) return;
        this.#request = undefined;
        const known = this.#isOurs ? this.log.find(({ id }) => id === draft.id) : undefined;
        if (!known) this.#append(draft, 'me');
        this.#answer = { id: draft.id, sequence: known?.sequence ?? this.log.at(-1)?.sequence ?? 0 };
        return;
      }
      case 'message-is-lost': {
        const id = this.#request?.id;
        this.#request = undefined;
        if (id !== undefined) this.#sendFailed(id);
        return;
      }
      case 'answer-arrives': {
        const answer = this.#answer;
        this.#answer = undefined;
        if (!answer) return;
        this.#dispatch({ type: 'sent', id: answer.id, sent: { sequence: answer.sequence || undefined } });
        return;
      }
      case 'answer-is-lost': {
        const id = this.#answer?.id;
        this.#answer = undefined;
        if (id !== undefined) this.#sendFailed(id);
        return;
      }
      case 'batch-arrives':
        this.#stream(false);
        return;
      case 'batch-arrives-twice':
        // Without sequences, a repeated batch looks like users who repeat themselves.
        this.#stream(this.#isOurs);
        return;
      case 'link-breaks':
        if (this.#read === undefined && !this.#asked) return;
        this.#read = undefined;
        this.#asked = undefined;
        {
          this.#dispatch({ type: 'lost', reason: new ChatError('unreachable', 'broken') });
          return;
        }
      case 'timer':
        for (const timer of [...this.#timers]) {
          this.#timers.delete(timer);
          this.#dispatch({ type: 'waited', timer });
        }
        return;
      case 'resend':
        // Without ids, a user who resends a message that may have arrived accepts a duplicate.
        if (this.#isOurs) this.#dispatch({ type: 'resend' });
    }
  }

  /** Loses nothing more, until all messages have arrived. */
  settle(): void {
    const good: readonly Happening[] = ['timer', 'batch-arrives', 'message-arrives', 'answer-arrives'];
    for (let round = 0; round < 4 * (this.typed.length + this.log.length) + 20; round++) {
      for (const what of good) this.happen(what);
    }
  }

  #dispatch(event: SessionEvent): void {
    const [state, effects] = update(this.state, event, {
      ...{ now: this.#now, wall: this.#now, random: 0.5 },
      isMention: () => false,
    });
    this.state = state;
    for (const effect of effects) {
      if (effect.type === 'send') this.#request = withoutRoom(effect.draft);
      if (effect.type === 'wait') this.#timers.add(effect.timer);
      if (effect.type === 'stop-waiting') this.#timers.delete(effect.timer);
      if (effect.type === 'subscribe') [this.#asked, this.#read] = [{ cursor: effect.cursor }, undefined];
      if (effect.type === 'unsubscribe') [this.#asked, this.#read] = [undefined, undefined];
    }
  }

  #sendFailed(id: string): void {
    this.#dispatch({ type: 'send-failed', id, reason: new ChatError('may-not-have-arrived', 'lost') });
  }

  #append(draft: Draft, from: string): void {
    const sequence = this.#isOurs ? this.log.length + 1 : 0;
    this.log.push({ ...draft, id: this.#isOurs ? draft.id : '', from, sequence });
  }

  /** Opens the stream, or sends up to three messages. */
  #stream(isRepeated: boolean): void {
    if (this.#asked) {
      const { cursor } = this.#asked;
      const head = this.#isOurs ? this.log.length : undefined;
      const logId = this.#isOurs ? 'log' : undefined;
      const isResumed = cursor !== undefined && this.#historyLength > 0;
      const history = this.#isOurs ? Math.max(0, this.log.length - this.#historyLength) : 0;
      this.#asked = undefined;
      this.#read = isResumed ? cursor.after : history;
      const opened = { logId, head, resumed: isResumed, maxTextBytes: undefined, maxImageBytes: undefined };
      this.#dispatch({ type: 'opened', opened: { type: 'opened', ...opened } });
      // The first batch is the whole history of a reference server, or empty if there is no history.
      if (!this.#isOurs || this.#read >= this.log.length) this.#deliver(this.log.length, false);
      return;
    }
    if (this.#read !== undefined && this.#read < this.log.length) {
      this.#deliver(Math.min(this.log.length, this.#read + 3), isRepeated);
    }
  }

  #deliver(end: number, isRepeated: boolean): void {
    const messages = this.log.slice(this.#read, end);
    this.#read = end;
    this.#dispatch({ type: 'received', messages });
    if (isRepeated) this.#dispatch({ type: 'received', messages });
  }
}

function withoutRoom({ id, timestamp, type, content }: RoomDraft): Draft {
  return { id, timestamp, type, content };
}

function texts(state: Conversation): string[] {
  return Array.from({ length: itemCount(state) }, (_, index) =>
    Buffer.from(itemAt(state, index)?.message.content ?? []).toString(),
  );
}

describe('a session over an unreliable network', () => {
  test('stores and lists every submitted message exactly once, in order', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 150 }), (steps) => {
        const world = new World(true, 1000);
        for (const what of steps) world.happen(what);
        world.settle();
        expect(world.log.filter(({ from }) => from === 'me').map(({ id }) => id)).toEqual(world.typed);
        expect([...inLobby(world.state).timeline.items].map(({ message }) => message.sequence)).toEqual(
          world.log.map(({ sequence }) => sequence),
        );
        expect(world.state.outbox.entries).toEqual([]);
      }),
      { numRuns: 200 },
    );
  });

  test('shows the end of the log without a gap on a server that never resumes', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 150 }), (steps) => {
        const world = new World(true, 0);
        for (const what of steps) {
          world.happen(what);
          const sequences = [...inLobby(world.state).timeline.items].map(({ message }) => message.sequence);
          const first = sequences[0] ?? 1;
          expect(sequences).toEqual(sequences.map((_, index) => first + index));
        }
        world.settle();
        expect(world.log.filter(({ from }) => from === 'me').map(({ id }) => id)).toEqual(world.typed);
        expect(world.state.outbox.entries).toEqual([]);
      }),
      { numRuns: 200 },
    );
  });

  test('duplicates no message on a server without ids, and keeps possibly lost ones in the list', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 150 }), (steps) => {
        const world = new World(false, 1000);
        for (const what of steps) world.happen(what);
        world.settle();
        const inLog = world.log
          .filter(({ from }) => from === 'me')
          .map(({ content }) => Buffer.from(content).toString());
        expect(inLog).toEqual(world.typed.filter((id) => inLog.includes(id)));
        expect(
          texts(inLobby(world.state))
            .filter((text) => text !== 'x')
            .sort(),
        ).toEqual([...world.typed].sort());
        expect(inLobby(world.state).timeline.items.length).toBe(world.log.length);
      }),
      { numRuns: 200 },
    );
  });
});
