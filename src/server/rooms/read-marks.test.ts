import { expect, test } from '@jest/globals';
import { ChatError } from '../../shared/errors.js';
import type { AccountStateStore } from '../messages/message-log.js';
import { createMemoryLog } from '../logs/memory-log.js';
import { manualClock, settled } from '../../../test/support/manual-clock.js';
import { createReadMarks, saveDelayMs } from './read-marks.js';
import { markedRead, noMark, parseMarks, type RoomMark } from './room-marks.js';

const unavailable = new ChatError('store-unavailable', 'the disk is full');

/** A store that counts writes, and fails while `isBroken`. */
function storeOfStates() {
  const { accountState } = createMemoryLog({ clock: manualClock() });
  const failing = { isBroken: false, saves: 0 };
  const reject = (): Promise<never> => Promise.reject(unavailable);
  const store: AccountStateStore = {
    load: (account) => (failing.isBroken ? reject() : accountState.load(account)),
    save(changes) {
      failing.saves++;
      return failing.isBroken ? reject() : accountState.save(changes);
    },
  };
  const stored = async (account: string, room: number): Promise<number | undefined> =>
    parseMarks((await accountState.load(account)) ?? '')?.get(room)?.readUpTo;
  return { store, failing, stored };
}

function open() {
  const states = storeOfStates();
  const clock = manualClock();
  const failures: unknown[] = [];
  const again = () =>
    createReadMarks({ store: states.store, clock, onNotSaved: (error) => failures.push(error) });
  return { ...states, clock, failures, marks: again(), again };
}

const readUpTo = (sequence: number) => (before: RoomMark) => markedRead(before, sequence, 1);

test('a change is seen at once, and changes of a second are stored together', async () => {
  const { marks, clock, failing, stored, again } = open();
  await Promise.all([marks.change('A', 1, readUpTo(5)), marks.change('B', 1, readUpTo(7))]);
  await marks.change('A', 2, readUpTo(6));
  expect([...(await marks.of('A')).values()].map((mark) => mark.readUpTo)).toEqual([5, 6]);
  expect(failing.saves).toBe(0);
  await clock.advance(saveDelayMs.afterChange);
  expect(failing.saves).toBe(1);
  expect(await Promise.all([stored('A', 1), stored('A', 2), stored('B', 1)])).toEqual([5, 6, 7]);
  expect((await again().of('A')).get(2)?.readUpTo).toBe(6);
});

test('closing stores what is not stored yet', async () => {
  const { marks, stored } = open();
  await marks.change('A', 1, readUpTo(5));
  await marks.close();
  expect(await stored('A', 1)).toBe(5);
});

test('closing waits for the changes that have begun', async () => {
  const { marks, stored } = open();
  const changed = marks.change('A', 1, readUpTo(5));
  await marks.close();
  await changed;
  expect(await stored('A', 1)).toBe(5);
});

test('what cannot be stored is reported once and tried again', async () => {
  const { marks, clock, failing, failures, stored } = open();
  await marks.change('A', 1, readUpTo(5));
  failing.isBroken = true;
  await clock.advance(saveDelayMs.afterChange + 2 * saveDelayMs.afterFailure);
  expect([failing.saves, failures]).toEqual([3, [unavailable]]);
  failing.isBroken = false;
  await clock.advance(saveDelayMs.afterFailure);
  expect(await stored('A', 1)).toBe(5);
});

test('an account whose marks cannot be read is read again at its next call', async () => {
  const { marks, failing } = open();
  failing.isBroken = true;
  await expect(marks.of('A')).rejects.toBe(unavailable);
  await expect(marks.change('A', 1, readUpTo(5))).rejects.toBe(unavailable);
  failing.isBroken = false;
  await marks.change('A', 1, readUpTo(5));
  expect((await marks.of('A')).get(1)?.readUpTo).toBe(5);
});

test('listeners are notified of changes, and of what other servers have changed', async () => {
  const { marks, clock, again } = open();
  const heard: [boolean, string, number, number][] = [];
  marks.onChanged((isOwn, account, room, mark) => heard.push([isOwn, account, room, mark.readUpTo]));
  await marks.change('A', 1, readUpTo(5));
  await marks.change('A', 1, readUpTo(4));
  marks.add('A', 1, markedRead(noMark, 6, 1));
  marks.add('A', 1, markedRead(noMark, 5, 1));
  const other = again();
  await other.change('A', 1, readUpTo(9));
  await other.close();
  await marks.reload();
  await clock.advance(saveDelayMs.afterChange);
  expect(heard).toEqual([
    [true, 'A', 1, 5],
    [false, 'A', 1, 6],
    [false, 'A', 1, 9],
  ]);
});

test('two servers that save the same account keep the changes of both', async () => {
  const { marks, again, stored } = open();
  const other = again();
  await Promise.all([marks.of('A'), other.of('A')]);
  await marks.change('A', 1, readUpTo(5));
  await other.change('A', 2, readUpTo(6));
  await Promise.all([marks.close(), other.close()]);
  expect(await Promise.all([stored('A', 1), stored('A', 2)])).toEqual([5, 6]);
});

test('many accounts do not stay in memory, and no change of them is lost', async () => {
  const { marks, clock, stored } = open();
  const names = Array.from({ length: 3000 }, (_, index) => `A${index}`);
  await Promise.all(names.map((name, index) => marks.change(name, 1, readUpTo(index + 1))));
  await clock.advance(saveDelayMs.afterChange);
  await settled();
  for (const [index, name] of names.entries()) expect(await stored(name, 1)).toBe(index + 1);
  expect((await marks.of('A0')).get(1)?.readUpTo).toBe(1);
});
