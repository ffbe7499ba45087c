import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { drive, lost, message } from '../../../test/support/session-driver.js';
import { inRoom, openedWith, received, sequencesIn } from '../../../test/support/session-rooms.js';
import type { Message } from '../../shared/message.js';
import type { Effect } from './effects.js';

type Step =
  | { readonly what: 'post' | 'view' | 'scroll'; readonly room: number }
  | { readonly what: 'stream' | 'page' | 'reset' | 'resume'; readonly room?: undefined };

const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({
    what: fc.constantFrom('post', 'view', 'scroll'),
    room: fc.constantFrom(0, 1, 2),
  }),
  fc.record({ what: fc.constantFrom('stream', 'page', 'reset', 'resume') }),
);

test('shows a part of each room without a gap or a repeat, however pages and messages arrive', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 80 }), (steps) => {
      const log: Message[] = [];
      const driven = drive({ type: 'reconnect' });
      const begin = (resumed: boolean): void => driven.then(openedWith([0, 1, 2], resumed, log.length));
      let read = 0;
      let asked: Extract<Effect, { type: 'fetch-previous-page' }>[] = [];
      const note = (): void => {
        for (const effect of driven.effects) if (effect.type === 'fetch-previous-page') asked.push(effect);
      };
      const inLog = (room: number): number[] =>
        log.filter(({ detail }) => (detail?.room ?? 0) === room).map(({ sequence }) => sequence);
      begin(false);
      note();
      for (const { what, room = 0 } of steps) {
        if (what === 'post') log.push(room === 0 ? message(log.length + 1) : inRoom(room, log.length + 1));
        else if (what === 'view') driven.then({ type: 'view-room', room });
        else if (what === 'scroll') driven.then({ type: 'load-previous-page' });
        else if (what === 'stream') {
          driven.then(received(...log.slice(read)));
          read = log.length;
        } else if (what === 'page') {
          const page = asked.shift();
          if (!page) continue;
          const all = inLog(page.room).filter((sequence) => page.before === 0 || sequence < page.before);
          const messages = all.slice(-2).reverse();
          const found = messages.map((sequence) => log[sequence - 1]).filter((each) => each !== undefined);
          driven.then({ type: 'previous-page', room: page.room, before: page.before, messages: found });
        } else {
          driven.then(lost());
          asked = [];
          if (what === 'reset') read = log.length;
          begin(what === 'resume');
        }
        note();
        for (const number of [0, 1, 2]) {
          const shown = sequencesIn(driven.session, number);
          const expected = inLog(number).filter((sequence) => sequence <= read);
          expect(shown).toEqual(shown.length === 0 ? [] : expected.slice(-shown.length));
        }
      }
    }),
    { numRuns: 300 },
  );
});
