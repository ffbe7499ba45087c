import { expect, test } from '@jest/globals';
import { settled } from '../../../test/support/manual-clock.js';
import type { ChatError } from '../../shared/errors.js';
import { createInFlightCalls, type InFlightCall } from './in-flight-calls.js';

function call(streams: boolean) {
  const reasons: ChatError[] = [];
  const open: InFlightCall = { streams, end: (reason) => reasons.push(reason) };
  return { open, reasons };
}

test('a drain waits for unary calls, then ends the streams', async () => {
  const calls = createInFlightCalls();
  const stream = call(true);
  const answer = call(false);
  calls.add(stream.open);
  calls.add(answer.open);
  const drained = calls.drain(new AbortController().signal);
  await settled();
  expect(stream.reasons).toEqual([]);
  calls.delete(answer.open);
  await drained;
  expect(stream.reasons.map(({ code, message }) => [code, message])).toEqual([
    ['shutting-down', 'the server is shutting down'],
  ]);
  expect(answer.reasons).toEqual([]);
});

test('a drain that is aborted ends every call', async () => {
  const calls = createInFlightCalls();
  const answer = call(false);
  calls.add(answer.open);
  const timeout = new AbortController();
  const drained = calls.drain(timeout.signal);
  timeout.abort();
  await drained;
  expect(answer.reasons).toHaveLength(1);
});

test('a drain without calls resolves at once, and later calls are rejected', async () => {
  const calls = createInFlightCalls();
  expect(() => calls.checkNotDraining()).not.toThrow();
  await calls.drain(new AbortController().signal);
  expect(() => calls.checkNotDraining()).toThrow(expect.objectContaining({ code: 'shutting-down' }));
});
