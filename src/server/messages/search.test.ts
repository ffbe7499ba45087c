import { expect, test } from '@jest/globals';
import { manualClock } from '../../../test/support/manual-clock.js';
import { encodeUnsequenced } from '../../shared/codec.js';
import { contentType, plainPlacement } from '../../shared/message.js';
import { encodeText } from '../../shared/text.js';
import { lobbyScope } from '../../../test/support/lobby-scope.js';
import { createMemoryLog } from '../logs/memory-log.js';
import { search } from './search.js';

const never = new AbortController().signal;

async function logOf(texts: readonly string[]) {
  const log = createMemoryLog({ clock: manualClock() });
  for (const text of texts) {
    const message = { id: '', from: 'ann', timestamp: 1, type: contentType.text, content: encodeText(text) };
    await log.append({ message: () => encodeUnsequenced(message), author: 'ann', id: '', ...plainPlacement });
  }
  return log;
}

test('a search yields to the event loop between pages', async () => {
  const log = await logOf(Array.from({ length: 3000 }, () => 'hay'));
  let turns = 0;
  let searching = true;
  const count = (): void => {
    turns++;
    if (searching) setImmediate(count);
  };
  count();
  for await (const found of search(log, { text: 'needle', before: 0, limit: 10 }, lobbyScope, never))
    expect(found).toEqual([]);
  searching = false;
  expect(turns).toBeGreaterThanOrEqual(6);
});

test.each([
  ['CAFÉ', 'cafe\u0301'],
  ['cafe\u0301', 'café'],
  ['strasse', 'Die STRAẞE'],
  ['straße', 'STRASSE'],
  ['istanbul', 'in İSTANBUL'],
  ['ΟΔΟΣ', 'η οδοσ'],
  ['\u0301', '\u0301 alone'],
])('a search for %j finds %j', async (wanted, text) => {
  const found: number[] = [];
  for await (const entries of search(
    await logOf(['hay', text]),
    { text: wanted, before: 0, limit: 9 },
    lobbyScope,
    never,
  )) {
    found.push(...entries.map(({ sequence }) => sequence));
  }
  expect(found).toEqual([2]);
});

test('a search stops once it has found enough', async () => {
  const log = await logOf(Array.from({ length: 3000 }, (_, index) => `text ${index}`));
  let pages = 0;
  const counted = {
    readBefore: (...from: Parameters<typeof log.readBefore>) => {
      pages++;
      return log.readBefore(...from);
    },
  };
  const found: number[] = [];
  for await (const entries of search(counted, { text: 'TEXT', before: 0, limit: 3 }, lobbyScope, never)) {
    found.push(...entries.map(({ sequence }) => sequence));
  }
  expect(found).toEqual([3000, 2999, 2998]);
  expect(pages).toBe(1);
});
