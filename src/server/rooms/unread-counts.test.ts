import { expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { lobby } from '../../shared/message.js';
import { createMemoryLog } from '../logs/memory-log.js';
import { appendAll, creation, post } from '../../../test/support/room-appends.js';
import { manualClock } from '../../../test/support/manual-clock.js';
import { createFoldedLog } from './folded-log.js';
import { createRooms } from './room-state.js';
import { createUnreadCounts } from './unread-counts.js';

function openLog() {
  const clock = manualClock();
  return createFoldedLog(createMemoryLog({ clock }), createRooms(), clock);
}

const anyPosts = fc.array(
  fc.record({
    sender: fc.constantFrom('A', 'B'),
    isInLobby: fc.boolean(),
    times: fc.integer({ min: 1, max: 90 }),
  }),
  { maxLength: 8 },
);

test('the counts are those of the messages of others, before and after a restart, up to a hundred', async () => {
  const run = fc.asyncProperty(anyPosts, fc.nat(8), async (posts, restartAfter) => {
    const log = openLog();
    await appendAll(log, creation('A', 'plans', { members: ['B'] }));
    const sent: { room: number; sender: string; sequence: number }[] = [];
    let counts = createUnreadCounts(log);
    for (const [index, { sender, isInLobby, times }] of posts.entries()) {
      if (index === restartAfter) counts = createUnreadCounts(log);
      for (let time = 0; time < times; time++) {
        const room = isInLobby ? lobby : 1;
        const { sequence } = await log.append(post(sender, room, 'text'));
        sent.push({ room, sender, sequence });
      }
    }
    const head = log.head();
    for (const reader of ['A', 'B', 'C']) {
      for (const room of [lobby, 1]) {
        for (const after of [0, Math.floor(head / 2), head - 1, head]) {
          for (const upTo of [head, head - 1]) {
            const others = sent.filter(
              (message) =>
                message.room === room &&
                message.sender !== reader &&
                message.sequence > after &&
                message.sequence <= upTo,
            );
            const count = await counts.count(reader, room, after, upTo);
            expect([reader, room, after, upTo, count]).toEqual([
              ...[reader, room, after, upTo],
              Math.min(others.length, 100),
            ]);
          }
        }
      }
    }
  });
  await fc.assert(run, { numRuns: 30 });
});

test('what was counted once is known without reading', async () => {
  const log = openLog();
  await appendAll(log, creation('A', 'plans', { members: ['B'] }), post('A', 1, 'text'));
  const counts = createUnreadCounts(log);
  expect(await counts.count('B', 1, 1, 2)).toBe(1);
  expect(counts.count('B', 1, 1, 2)).toBe(1);
  expect(counts.count('A', 1, 1, 2)).toBe(0);
  await appendAll(log, post('A', 1, 'text'));
  expect(counts.count('B', 1, 1, 3)).toBe(2);
});
