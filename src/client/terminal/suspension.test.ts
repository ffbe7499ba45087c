import { EventEmitter } from 'node:events';
import { expect, test } from '@jest/globals';
import { watchSuspension } from './suspension.js';

function watched(platform = 'linux') {
  const events: string[] = [];
  let timer: (() => void) | undefined;
  const process = Object.assign(new EventEmitter(), {
    platform,
    kill: (group: number, signal: string) =>
      void events.push(`${signal} to ${group}, ${process.listenerCount(signal)} listening`),
  });
  const clock = {
    now: () => 0,
    monotonicMs: () => 0,
    after(_milliseconds: number, task: () => void) {
      timer = task;
      return () => {
        timer = undefined;
      };
    },
  };
  const { suspend, unwatch } = watchSuspension({
    process,
    clock,
    leave: () => void events.push('leave'),
    enter: () => void events.push('enter'),
  });
  return { process, events, suspend, unwatch, runTimer: () => timer?.() };
}

const gone = ['leave', 'SIGTSTP to 0, 0 listening'];

test('Ctrl+Z restores the terminal and stops the process group; fg enters it again once', () => {
  const { process, events, suspend, runTimer } = watched();
  suspend();
  expect(events).toEqual(gone);
  // Both are due when the process runs again.
  runTimer();
  process.emit('SIGCONT');
  runTimer();
  expect(events).toEqual([...gone, 'enter']);
});

test('SIGTSTP from outside does the same, repeatedly', () => {
  const { process, events } = watched();
  for (let time = 0; time < 2; time += 1) {
    process.emit('SIGTSTP');
    process.emit('SIGCONT');
  }
  expect(events).toEqual([...gone, 'enter', ...gone, 'enter']);
});

test('without a stop the terminal is entered again after a timeout', () => {
  const { events, suspend, runTimer } = watched();
  suspend();
  runTimer();
  runTimer();
  expect(events).toEqual([...gone, 'enter']);
});

test('after SIGSTOP the terminal is set up again', () => {
  const { process, events } = watched();
  process.emit('SIGCONT');
  expect(events).toEqual(['leave', 'enter']);
});

test('on Windows suspend does nothing', () => {
  const { process, events, suspend } = watched('win32');
  suspend();
  expect([events, process.eventNames()]).toEqual([[], []]);
});

test('unwatching removes every listener', () => {
  const { process, events, suspend, unwatch, runTimer } = watched();
  suspend();
  unwatch();
  runTimer();
  expect([events, process.eventNames()]).toEqual([gone, []]);
});
