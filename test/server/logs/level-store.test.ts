import { expect, test } from '@jest/globals';
import { openLevelStore, pairsPerTick } from '../../../src/server/logs/level/level-store.js';
import type { Pair } from '../../../src/server/logs/level/ordered-store.js';
import { encodeText } from '../../../src/shared/text.js';
import { temporaryFolder } from '../../chat-process.js';

const key = (number: number) => encodeText(String(number).padStart(6, '0'));
const everything = { from: key(0), to: key(999_999) };

test('a scan passes on few pairs per turn of the event loop, so that it does not delay deliveries', async () => {
  const store = await openLevelStore(temporaryFolder());
  const count = 5 * pairsPerTick + 1;
  await store.write(
    Array.from({ length: count }, (_, at) => ({ type: 'put', key: key(at), value: key(at) })),
  );
  const inTurns: Pair[][] = [];
  let isNewTurn = true;
  await store.scan(everything, (pair) => {
    if (isNewTurn) {
      inTurns.push([]);
      isNewTurn = false;
      setImmediate(() => (isNewTurn = true));
    }
    inTurns.at(-1)?.push(pair);
    return true;
  });
  await store.close();
  expect(inTurns.flat().map(([each]) => each)).toEqual(Array.from({ length: count }, (_, at) => key(at)));
  expect(Math.max(...inTurns.map(({ length }) => length))).toBeLessThanOrEqual(pairsPerTick);
});
