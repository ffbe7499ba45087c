import { describe, expect, test } from '@jest/globals';
import { settled } from '../../../test/support/manual-clock.js';
import { appendAll, creation, membership, post } from '../../../test/support/room-appends.js';
import { reader, started } from '../../../test/support/subscribers.js';
import { lobby, past } from '../../shared/message.js';
import type { MessageLog } from '../messages/message-log.js';

describe('a resume', () => {
  /** A log without memory, so that every read goes through the indexes of rooms. */
  const stored = (log: MessageLog): MessageLog => ({
    ...log,
    isInMemory: (after) => after >= log.head(),
    read: async (...range) => {
      await Promise.resolve();
      return log.read(...range);
    },
  });

  async function resumedAfter(running: ReturnType<typeof started>, after: number, account: string) {
    const one = reader();
    running.subscribe(after, one.write, account);
    for (let turn = 0; turn < 30; turn++) await settled();
    return one.sequences();
  }

  test.each([
    ['from memory', (log: MessageLog) => log],
    ['from the indexes', stored],
  ])('%s delivers what a subscriber that never left would have', async (_, wrap) => {
    const running = started(wrap);
    await appendAll(
      running.log,
      post('ann', lobby, '1'),
      creation('ann', 'plans', { members: ['bob'], past: past.all }),
      creation('eve', 'secret', { members: ['dan'] }),
    );
    for (let count = 0; count < 300; count++) {
      await running.log.append(post('eve', 3, 'secret'));
      if (count % 10 === 0) await running.log.append(post('ann', count % 20 === 0 ? 2 : lobby, 'visible'));
    }
    await appendAll(
      running.log,
      post('cem', 2, 'void'),
      membership('ann', 2, 'invited', 'cem'),
      membership('eve', 3, 'removed', 'dan'),
    );
    const [invited, removed] = [running.folded.head() - 1, running.folded.head()];
    const bob = await resumedAfter(running, 0, 'bob');
    expect(bob).toHaveLength(33);
    expect(bob.slice(0, 3)).toEqual([1, 2, 5]);
    for (const after of [1, 2, 100, 250, invited - 3, invited]) {
      expect(await resumedAfter(running, after, 'bob')).toEqual(bob.filter((sequence) => sequence > after));
    }
    const lobbyOnly = await resumedAfter(running, 0, 'stranger');
    expect(lobbyOnly).toHaveLength(16);
    expect(await resumedAfter(running, 0, 'cem')).toEqual([...lobbyOnly, invited]);
    expect(await resumedAfter(running, 0, 'dan')).toEqual([...lobbyOnly, removed]);
  });

  test('from the indexes delivers nothing of a room if the membership ends during the reads, except its end', async () => {
    let duringRead: (() => Promise<void>) | undefined;
    const running = started((log) => ({
      ...stored(log),
      read: async (...range) => {
        const task = duringRead;
        duringRead = undefined;
        await task?.();
        return log.read(...range);
      },
    }));
    const { log, folded } = running;
    await appendAll(log, post('ann', lobby, '1'), creation('ann', 'plans', { members: ['bob'] }));
    await appendAll(log, post('ann', 2, 'secret'), post('ann', lobby, '4'));
    await folded.waitAfter(3, new AbortController().signal);
    duringRead = async () => {
      await log.append(membership('ann', 2, 'removed', 'bob'));
      await folded.waitAfter(4, new AbortController().signal);
    };
    expect(await resumedAfter(running, 0, 'bob')).toEqual([1, 4, 5]);
    expect(duringRead).toBeUndefined();
  });

  test('from the indexes does not search that of a room which the account has left', async () => {
    const searched: number[] = [];
    const running = started((log) => ({
      ...stored(log),
      sequences: (...range) => {
        searched.push(range[2].room);
        return log.sequences(...range);
      },
    }));
    const members = ['bob'];
    await appendAll(running.log, creation('ann', 'left', { members }), creation('ann', 'kept', { members }));
    await appendAll(running.log, post('ann', lobby, '3'), post('ann', 1, '4'), membership('bob', 1, 'left'));
    expect(await resumedAfter(running, 0, 'bob')).toEqual([2, 3, 5]);
    expect(new Set(searched)).toEqual(new Set([lobby, 2]));
  });

  test('from the indexes delivers large entries and long rooms in full', async () => {
    const running = started(stored);
    await appendAll(running.log, creation('ann', 'plans'), creation('ann', 'other'));
    for (let count = 0; count < 700; count++) {
      await running.log.append(
        post('ann', count % 3 === 0 ? 2 : 1, count % 100 === 0 ? 'x'.repeat(200_000) : 'y'),
      );
    }
    await settled();
    const sequences = await resumedAfter(running, 0, 'ann');
    expect(sequences).toEqual(Array.from({ length: 702 }, (_, index) => index + 1));
  });

  test.each([
    ['from memory', (log: MessageLog) => log],
    ['from the indexes', stored],
  ])('%s is possible with 2,000 visible entries and 8 MiB, not with more', async (_, wrap) => {
    const running = started(wrap);
    const { log, subscriptions } = running;
    await appendAll(log, creation('ann', 'plans'), creation('eve', 'other'));
    for (let count = 0; count < 2000; count++) {
      await log.append(post('ann', 1, 'x'));
      await log.append(post('eve', 2, 'x'));
    }
    running.folded.head();
    expect(await subscriptions.canResume('ann', 1)).toBe(true);
    expect(await subscriptions.canResume('ann', 0)).toBe(false);
    expect(await subscriptions.canResume('stranger', 0)).toBe(true);
    const head = running.folded.head();
    for (let count = 0; count < 3; count++) await log.append(post('ann', 1, 'x'.repeat(2_700_000)));
    running.folded.head();
    expect(await subscriptions.canResume('ann', head)).toBe(true);
    await log.append(post('ann', 1, 'x'.repeat(500_000)));
    running.folded.head();
    expect(await subscriptions.canResume('ann', head)).toBe(false);
  });
});
