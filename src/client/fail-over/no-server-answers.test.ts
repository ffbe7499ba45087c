import { describe, expect, test } from '@jest/globals';
import { ChatError, type ErrorCode } from '../../shared/errors.js';
import { noServerAnswers } from './no-server-answers.js';

const failure = (address: string, code: ErrorCode, message: string, retryAfterMs = 0) => ({
  address,
  reason: new ChatError(code, message, { retryAfterMs }),
});

describe('that no server answers', () => {
  test('is told with the reason of each', () => {
    const error = noServerAnswers([
      failure('a:1', 'unreachable', 'nobody listens on a:1'),
      failure('b:1', 'timed-out', 'no answer within 3 s'),
    ]);
    expect(error.code).toBe('unreachable');
    expect(error.message).toBe('no server answers: nobody listens on a:1; b:1: no answer within 3 s');
  });

  test('keeps what they all say, and the soonest time at which one is welcome again', () => {
    const busy = noServerAnswers([
      failure('a:1', 'rate-limited', 'wait', 4000),
      failure('b:1', 'rate-limited', 'wait', 3000),
    ]);
    expect(busy).toMatchObject({ code: 'rate-limited', retryAfterMs: 3000 });
    const one = noServerAnswers([
      failure('a:1', 'rate-limited', 'wait', 4000),
      failure('b:1', 'unreachable', 'no'),
    ]);
    expect(one).toMatchObject({ code: 'unreachable', retryAfterMs: undefined });
  });
});
