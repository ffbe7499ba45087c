import { EventEmitter } from 'node:events';
import { expect, test } from '@jest/globals';
import type { Clock } from '../../../shared/clock.js';
import { attachInput } from './input.js';
import type { TerminalInput } from './terminal-input.js';

class TypedKeyboard extends EventEmitter {
  isRaw = false;
  isFlowing = false;

  setRawMode(isRaw: boolean): void {
    this.isRaw = isRaw;
  }

  resume(): void {
    this.isFlowing = true;
  }

  pause(): void {
    this.isFlowing = false;
  }

  send(bytes: string | Uint8Array): void {
    this.emit('data', Buffer.from(bytes));
  }
}

/** A clock that the test advances. */
function heldClock() {
  const tasks = new Set<{ milliseconds: number; task: () => void }>();
  const clock: Clock = {
    now: () => 0,
    monotonicMs: () => 0,
    after(milliseconds, task) {
      const entry = { milliseconds, task };
      tasks.add(entry);
      return () => tasks.delete(entry);
    },
  };
  const pass = () => {
    const due = [...tasks];
    tasks.clear();
    for (const { task } of due) task();
  };
  return { clock, pass, waiting: () => [...tasks].map(({ milliseconds }) => milliseconds) };
}

function attached(isMultiplexed = false) {
  const keyboard = new TypedKeyboard();
  const held = heldClock();
  const inputs: TerminalInput[] = [];
  const detach = attachInput(keyboard, held.clock, (input) => inputs.push(input), isMultiplexed);
  return { keyboard, ...held, inputs, detach };
}

test('a character cut between two reads is decoded whole', () => {
  const { keyboard, inputs } = attached();
  const bytes = Buffer.from('👍');
  keyboard.send(bytes.subarray(0, 2));
  keyboard.send(bytes.subarray(2));
  expect(inputs).toEqual([{ type: 'text', text: '👍' }]);
});

test('an escape sequence cut between two reads is one key', () => {
  const { keyboard, inputs, waiting } = attached();
  keyboard.send('\x1b');
  keyboard.send('[A');
  expect(inputs).toEqual([{ type: 'key', key: 'up' }]);
  expect(waiting()).toEqual([]);
});

test('a lone ESC is the Escape key after the timeout', () => {
  const { keyboard, inputs, pass, waiting } = attached();
  keyboard.send('\x1b');
  expect([inputs, waiting()]).toEqual([[], [50]]);
  pass();
  expect(inputs).toEqual([{ type: 'key', key: 'escape' }]);
  expect(waiting()).toEqual([]);
});

test('each part of a paste restarts the timeout for its end', () => {
  const { keyboard, inputs, pass, waiting } = attached();
  keyboard.send('\x1b[200~one');
  keyboard.send(' two');
  expect([inputs, waiting()]).toEqual([[], [2000]]);
  pass();
  expect(inputs).toEqual([{ type: 'paste', text: 'one two' }]);
});

test('several lines in two reads are one paste after a pause', () => {
  const { keyboard, inputs, pass, waiting } = attached();
  keyboard.send('one\r');
  expect([inputs, waiting()]).toEqual([[], [10]]);
  keyboard.send('two\r');
  expect([inputs, waiting()]).toEqual([[], [30]]);
  pass();
  // Input that arrived while the process was busy is read before the paste ends.
  expect([inputs, waiting()]).toEqual([[], [0]]);
  keyboard.send('three\r');
  pass();
  pass();
  expect(inputs).toMatchObject([{ type: 'paste', text: 'one\ntwo\nthree\n' }]);
  expect(waiting()).toEqual([]);
});

test('a line and Enter in one read are passed on after a pause', () => {
  const { keyboard, inputs, pass } = attached();
  keyboard.send('one\r');
  pass();
  pass();
  expect(inputs).toEqual([
    { type: 'text', text: 'one' },
    { type: 'key', key: 'enter' },
  ]);
});

test('detaching drops the input held back', () => {
  const { keyboard, inputs, detach, waiting } = attached();
  keyboard.send('one\r');
  detach();
  expect([inputs, waiting()]).toEqual([[], []]);
});

test('the keyboard is in raw mode only while attached', () => {
  const { keyboard, inputs, detach, waiting } = attached();
  expect([keyboard.isRaw, keyboard.isFlowing]).toEqual([true, true]);
  keyboard.send('\x1b');
  detach();
  keyboard.send('x');
  expect([keyboard.isRaw, keyboard.isFlowing, inputs, waiting()]).toEqual([false, false, [], []]);
});

test('in a multiplexer arrows at once are the wheel until it reports the mouse', () => {
  const { keyboard, inputs } = attached(true);
  const wheel = { type: 'mouse', action: 'wheel-up', x: 0, y: 0 } as const;
  const up = { type: 'key', key: 'up' } as const;
  keyboard.send('\x1b[A\x1b[A\x1b[A');
  keyboard.send('\x1b[<64;1;1M');
  keyboard.send('\x1b[A\x1b[A\x1b[A');
  expect(inputs).toEqual([wheel, wheel, up, up, up]);
});

test('elsewhere arrows at once are keys', () => {
  const { keyboard, inputs } = attached();
  keyboard.send('\x1b[A\x1b[A\x1b[A');
  expect(inputs.map(({ type }) => type)).toEqual(['key', 'key', 'key']);
});
