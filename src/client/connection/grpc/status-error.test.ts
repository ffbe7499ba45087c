import { Metadata, status } from '@grpc/grpc-js';
import { describe, expect, test } from '@jest/globals';
import type { ErrorCode } from '../../../shared/errors.js';
import { statusError, type CallKind } from './status-error.js';

const refused =
  'No connection established. Last error: Error: connect ECONNREFUSED 127.0.0.1:1. Resolution note: ';
const unknown = 'Name resolution failed for target dns:nowhere:1';
const slow = 'Deadline exceeded after 3.006s,Waiting for LB pick';

function outcome(
  code: status,
  kind: CallKind,
  details = 'words',
  retryAfterMs?: string,
): [ErrorCode, string] {
  const metadata = new Metadata();
  if (retryAfterMs !== undefined) metadata.set('retry-after-ms', retryAfterMs);
  const error = statusError({ code, details, metadata }, kind, 'host:1');
  return [error.code, error.message];
}

describe('the status of a failed call', () => {
  test.each<[number, CallKind, string, ErrorCode]>([
    [status.UNAUTHENTICATED, 'stream', 'words', 'login-refused'],
    [status.UNAUTHENTICATED, 'send', 'words', 'login-refused'],
    [status.INVALID_ARGUMENT, 'send', 'words', 'message-refused'],
    [status.RESOURCE_EXHAUSTED, 'send', 'words', 'message-too-large'],
    [status.RESOURCE_EXHAUSTED, 'stream', 'too_many_pings', 'unreachable'],
    [status.UNIMPLEMENTED, 'read', 'words', 'unsupported'],
    [status.UNAVAILABLE, 'stream', 'the server is shutting down', 'unreachable'],
    [status.UNAVAILABLE, 'send', 'Connection dropped', 'may-not-have-arrived'],
    [status.DEADLINE_EXCEEDED, 'send', 'Deadline exceeded', 'may-not-have-arrived'],
    [status.DEADLINE_EXCEEDED, 'read', 'Deadline exceeded', 'timed-out'],
    [status.CANCELLED, 'stream', 'words', 'unreachable'],
    [status.CANCELLED, 'send', 'words', 'may-not-have-arrived'],
    [status.INTERNAL, 'send', 'words', 'internal'],
    [99, 'read', 'words', 'internal'],
    [status.UNAVAILABLE, 'send', refused, 'unreachable'],
    [status.UNAVAILABLE, 'send', unknown, 'unreachable'],
    [status.DEADLINE_EXCEEDED, 'send', slow, 'timed-out'],
  ])('%d of a %s call, "%s", is %s', (code, kind, details, expected) => {
    expect(outcome(code, kind, details)[0]).toBe(expected);
  });

  test.each([
    [refused, 'nothing is listening on host:1'],
    [unknown, 'host:1 was not found'],
    [slow, 'host:1 does not answer'],
    ['No connection established. Last error: Error: connect EHOSTUNREACH 10.0.0.1:1.', 'no route to host:1'],
    ['No connection established. Last error: Protocol error.', 'cannot connect to host:1'],
    ['Connection dropped', 'lost the connection to host:1'],
    ['read ECONNRESET', 'lost the connection to host:1'],
    ['Received RST_STREAM with code 2 (Internal server error)', 'lost the connection to host:1'],
    ['Deadline exceeded after 60.001s', 'host:1 does not answer'],
    ['the server is shutting down', 'the server is shutting down'],
  ])('%j becomes %j', (details, words) => {
    expect(outcome(status.UNAVAILABLE, 'stream', details)[1]).toBe(words);
  });

  test.each([
    [
      '/qtgrpc.examples.chat.SimpleChat/messageList',
      '',
      'host:1 is not a chat server, although it speaks gRPC',
    ],
    [
      '/qtgrpc.examples.chat.SimpleChat/sendMessage',
      'Received HTTP status code 404',
      'host:1 is not a chat server: it answers with HTTP status 404',
    ],
    ['/chat.Extensions/History', '', 'host:1 does not offer this'],
    ['/chat.Extensions/History', 'words', 'host:1 does not offer this: words'],
  ])('%s that is not implemented (%j) becomes %j', (method, details, message) => {
    const ended = { code: status.UNIMPLEMENTED, details, metadata: new Metadata() };
    expect(statusError(ended, 'stream', 'host:1', { method })).toMatchObject({
      code: 'unsupported',
      message,
    });
  });

  test('with a valid retry-after-ms is rate-limited on every kind of call', () => {
    for (const kind of ['send', 'read', 'stream'] as const) {
      expect(outcome(status.RESOURCE_EXHAUSTED, kind, 'words', '250')[0]).toBe('rate-limited');
      expect(outcome(status.RESOURCE_EXHAUSTED, kind, 'words', 'soon')[0]).not.toBe('rate-limited');
    }
  });

  test('contains at most 300 characters of a text from the server', () => {
    expect(outcome(status.INVALID_ARGUMENT, 'send', 'x'.repeat(5000))[1].length).toBeLessThan(400);
  });
});
