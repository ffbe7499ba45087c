import { connect as connectHttp2, type ClientHttp2Session, type ClientHttp2Stream } from 'node:http2';
import { connect as connectSocket } from 'node:net';
import { encodeDraft } from '../../src/shared/codec.js';
import type { Draft } from '../../src/shared/message.js';
import { simpleChat } from '../../src/shared/services.js';

/** The headers of a bare gRPC call, besides its path. */
export type BareHeaders = Readonly<Record<string, string>>;

export function loginHeaders(user: string, password = 'qwerty'): BareHeaders {
  return { 'user-name': user, 'user-password': password };
}

/** An HTTP/2 connection to 127.0.0.1, from another loopback address if one is given. */
export function openSession(port: number, localAddress = '127.0.0.1'): ClientHttp2Session {
  const session = connectHttp2(`http://127.0.0.1:${port}`, {
    createConnection: () => connectSocket({ port, host: '127.0.0.1', localAddress }),
  });
  session.on('error', () => undefined);
  return session;
}

/** Starts a connection, then sends a HEADERS frame that refers to a missing entry of the table of headers. */
export const undecodableHeaders = Buffer.concat([
  Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'),
  Buffer.from('000000040000000000', 'hex'),
  Buffer.from('000002010500000001ffff', 'hex'),
]);

/** Begins a call without sending its body. */
export function beginCall(
  session: ClientHttp2Session,
  path: string,
  headers: BareHeaders,
): ClientHttp2Stream {
  const request = session.request({
    ':method': 'POST',
    ':path': path,
    'content-type': 'application/grpc',
    te: 'trailers',
    ...headers,
  });
  request.on('error', () => undefined);
  return request;
}

/** A gRPC message as in a body: flag, length, bytes. */
export function framed(message: Uint8Array): Buffer {
  const prefix = Buffer.alloc(5);
  prefix.writeUInt32BE(message.length, 1);
  return Buffer.concat([prefix, message]);
}

/** The gRPC status of a call, from its trailers or its only headers; undefined if it ends without one. */
export function statusOf(request: ClientHttp2Stream): Promise<number | undefined> {
  return new Promise((resolve) => {
    const onHeaders = (headers: Record<string, unknown>): void => {
      const code = headers['grpc-status'];
      if (typeof code === 'string') resolve(Number(code));
    };
    request.on('response', onHeaders);
    request.on('trailers', onHeaders);
    request.on('close', () => resolve(undefined));
    request.resume();
  });
}

/** Sends a message and returns the status of the answer. */
export function sendBare(
  session: ClientHttp2Session,
  draft: Draft,
  headers: BareHeaders,
): Promise<number | undefined> {
  const request = beginCall(session, simpleChat.sendMessage.path, headers);
  request.end(framed(encodeDraft(draft)));
  return statusOf(request);
}
