import { status } from '@grpc/grpc-js';
import { expect, test } from '@jest/globals';
import { ChatError } from '../../shared/errors.js';
import { statusOf } from './grpc-status.js';

test('an internal error reveals no details', () => {
  for (const thrown of [
    new Error('secret'),
    'secret',
    new ChatError('internal', 'secret'),
    new ChatError('data-directory', '/secret/path'),
  ]) {
    expect(statusOf(thrown)).toMatchObject({ code: status.INTERNAL, details: 'internal error' });
  }
});

test('the text of a status is plain ASCII and at most 200 characters long', () => {
  const { details } = statusOf(new ChatError('message-refused', `caf\u00e9\u001b[2J${'x'.repeat(1000)}`));
  expect(details).toMatch(/^caf\?\?\[2Jx{100,}$/);
  expect(details.length).toBeLessThanOrEqual(200);
});

test('a rate limit reports the delay before a retry', () => {
  const { metadata } = statusOf(new ChatError('rate-limited', 'later', { retryAfterMs: 250 }));
  expect(metadata.getMap()).toEqual({ 'retry-after-ms': '250' });
  expect(statusOf(new ChatError('rate-limited', 'later')).metadata.getMap()).toEqual({});
});
