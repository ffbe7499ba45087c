import { expect, test } from '@jest/globals';
import { onAbort } from './on-abort.js';

test('every task runs once when the signal aborts, except those that unsubscribed', () => {
  const controller = new AbortController();
  const ran: string[] = [];
  onAbort(controller.signal, () => ran.push('a'));
  const unsubscribe = onAbort(controller.signal, () => ran.push('b'));
  onAbort(controller.signal, () => ran.push('c'));
  unsubscribe();
  controller.abort();
  controller.abort();
  expect(ran).toEqual(['a', 'c']);
});

test('a task runs immediately if the signal has already aborted', () => {
  const ran: string[] = [];
  onAbort(AbortSignal.abort(), () => ran.push('a'));
  expect(ran).toEqual(['a']);
});
