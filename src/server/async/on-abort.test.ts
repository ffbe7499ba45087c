import { expect, test } from '@jest/globals';
import { onAbort } from './on-abort.js';

test('every task runs once when the signal aborts, but those that were taken back', () => {
  const controller = new AbortController();
  const ran: string[] = [];
  onAbort(controller.signal, () => ran.push('a'));
  const forget = onAbort(controller.signal, () => ran.push('b'));
  onAbort(controller.signal, () => ran.push('c'));
  forget();
  controller.abort();
  controller.abort();
  expect(ran).toEqual(['a', 'c']);
});
