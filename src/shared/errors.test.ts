import { expect, test } from '@jest/globals';
import { ChatError, errorCodes, type RetryPolicy } from './errors.js';

const codesWith = (property: keyof RetryPolicy) =>
  errorCodes.filter((code) => new ChatError(code, '').retry[property]);

test('a permanent failure, and one that rejects the message, is not retried anywhere', () => {
  const retried = [...codesWith('otherServer'), ...codesWith('afterDelay'), ...codesWith('ambiguous')];
  for (const code of [...codesWith('permanent'), ...codesWith('rejectsMessage')])
    expect(retried).not.toContain(code);
});

test('a failure that another server may avoid is retried after a delay where there is only one', () => {
  expect(codesWith('afterDelay')).toEqual(expect.arrayContaining(codesWith('otherServer')));
});

test('anything thrown that is not a ChatError becomes an internal one with its message and cause', () => {
  const cause = new Error('broken');
  expect(ChatError.from(cause)).toMatchObject({ code: 'internal', message: 'broken', cause });
  expect(ChatError.from('broken')).toMatchObject({ code: 'internal', message: 'broken', cause: 'broken' });
  const error = new ChatError('usage', 'unknown option');
  expect(ChatError.from(error)).toBe(error);
});
