import { EventEmitter } from 'node:events';
import { expect, test } from '@jest/globals';
import { ChatError } from '../../shared/errors.js';
import { restoreOnExit } from './restore-on-exit.js';

function watchedProcess(debug = false, onRestore = (): unknown => undefined) {
  const events: string[] = [];
  const process = Object.assign(new EventEmitter(), {
    pid: 4711,
    kill: (pid: number, signal: string) => void events.push(`${signal} to ${pid}`),
  });
  const stdin = new EventEmitter();
  const stdout = new EventEmitter();
  const unwatch = restoreOnExit({
    process,
    exit: (code) => void events.push(`exit ${code}`),
    stdin,
    stdout,
    restore: () => {
      events.push('restore');
      onRestore();
    },
    report: (text) => void events.push(text),
    debug,
  });
  return { process, stdin, stdout, events, unwatch };
}

test.each([
  ['SIGHUP', 129],
  ['SIGINT', 130],
  ['SIGTERM', 143],
])('%s restores the terminal and exits with %i', (signal, code) => {
  const { process, events } = watchedProcess();
  process.emit(signal);
  expect(events).toEqual(['restore', `exit ${code}`]);
});

test('SIGQUIT restores the terminal and then has its default effect', () => {
  const { process, events } = watchedProcess();
  process.emit('SIGQUIT');
  expect(events).toEqual(['restore', 'SIGQUIT to 4711']);
  expect(process.listenerCount('SIGQUIT')).toBe(0);
});

test('plain exit restores the terminal', () => {
  const { process, events } = watchedProcess();
  process.emit('exit', 0);
  expect(events).toEqual(['restore']);
});

test('a crash is reported after the restore, in at most four lines, without a stack', () => {
  for (const crash of ['uncaughtException', 'unhandledRejection']) {
    const { process, events } = watchedProcess();
    process.emit(crash, new ChatError('internal', 'broke\nbadly\x1b[2J', { hint: 'Report it.' }));
    const report =
      'chat: unexpected failure: broke badly\nReport it.\nRun it again with --debug to see where.\n';
    expect(events).toEqual(['restore', report, 'exit 1']);
  }
});

test('with debug a crash shows its stack', () => {
  const { process, events } = watchedProcess(true);
  process.emit('uncaughtException', new TypeError('broke'));
  expect(events[1]).toMatch(/^chat: unexpected failure: broke\nTypeError: broke\n +at /);
});

test('a closed terminal ends the program silently', () => {
  for (const [stream, event] of [
    ['stdin', 'end'],
    ['stdin', 'error'],
    ['stdout', 'error'],
  ] as const) {
    const { events, ...streams } = watchedProcess();
    streams[stream].emit(event, new Error('EIO'));
    expect(events).toEqual(['restore', 'exit 129']);
  }
});

test('a closed terminal is restored only once, although each restore fails', () => {
  const { events, stdin } = watchedProcess(false, () => stdin.emit('error', new Error('EIO')));
  stdin.emit('error', new Error('EIO'));
  expect(events).toEqual(['restore', 'exit 129']);
});

test('unwatching removes every listener', () => {
  const { process, stdin, stdout, unwatch } = watchedProcess();
  unwatch();
  expect([process, stdin, stdout].flatMap((emitter) => emitter.eventNames())).toEqual([]);
});
