import type { ServerInterceptingCallInterface } from '@grpc/grpc-js';
import type { ServerHttp2Stream } from 'node:http2';
import { ChatError } from '../../shared/errors.js';

/**
 * The HTTP/2 stream of a call, which grpc-js 1.14 keeps in a private field of its innermost call (ADR 21). Requests are
 * bounded there, so a grpc-js that keeps it elsewhere gets no call through.
 */
export function streamOf(call: ServerInterceptingCallInterface): ServerHttp2Stream {
  const stream: unknown = Reflect.get(call, 'stream');
  if (!isServerStream(stream))
    throw new ChatError('internal', 'the HTTP/2 stream of a call is not where it was');
  return stream;
}

function isServerStream(value: unknown): value is ServerHttp2Stream {
  if (typeof value !== 'object' || value === null) return false;
  const { headersSent, write } = value as Partial<ServerHttp2Stream>;
  return typeof headersSent === 'boolean' && typeof write === 'function';
}
