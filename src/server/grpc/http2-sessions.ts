import type { Server } from '@grpc/grpc-js';
import type { Http2Server, Http2Session, IncomingHttpHeaders, ServerHttp2Stream } from 'node:http2';
import type { Clock } from '../../shared/clock.js';
import { maxHeaderBytes, maxStreamsPerConnection } from '../limits/call-limits.js';
import { stopClient } from '../limits/incoming-requests.js';
import type { ConnectionKey } from '../net/connections.js';

/** Limits the headers of a connection, and what it may send before its first login. */
export type Http2Sessions = {
  widen(session: Http2Session): void;
};

type Http2SessionsOptions = {
  readonly clock: Clock;
  /** A connection was closed because its headers could not be decoded, or were too long several times. */
  readonly onBroken: (connection: ConnectionKey) => void;
};

/**
 * The flow-control windows after a login: 1 MiB sends a large image in a few seconds at a round trip of 300 ms. Before it
 * they are HTTP/2's default of 64 KiB, since a client can make the server use that much memory.
 */
const wideWindows = { streamBytes: 1024 * 1024, connectionBytes: 4 * 1024 * 1024 } as const;
/** A connection without a call is pinged, and closed if it does not answer. */
const firstCall = { pingAfterMs: 1000, answerMs: 5000 } as const;
const maxViolations = 3;

/** Limits the HTTP/2 connections of a grpc-js server. */
export function watchHttp2Sessions(server: Server, { clock, onBroken }: Http2SessionsOptions): Http2Sessions {
  const http2Server = http2ServerOf(server);
  const called = new WeakSet<Http2Session>();
  const wide = new WeakSet<Http2Session>();
  const violations = new WeakMap<Http2Session, number>();

  http2Server.updateSettings({
    maxConcurrentStreams: maxStreamsPerConnection,
    maxHeaderListSize: maxHeaderBytes,
  });

  const close = (session: Http2Session): void => {
    if (session.destroyed) return;
    onBroken(session.socket);
    session.destroy();
  };

  // Node reports no error if it cannot decode headers: it sends GOAWAY, leaves the connection open and ignores all that
  // follows, including the answer to a ping.
  http2Server.on('session', (session) => {
    const stopWaiting = clock.after(firstCall.pingAfterMs, () => {
      if (session.destroyed || called.has(session)) return;
      const giveUp = clock.after(firstCall.answerMs, () => {
        if (!called.has(session)) close(session);
      });
      session.once('close', giveUp);
      session.ping(giveUp);
    });
    session.once('close', stopWaiting);
  });

  const [handle] = http2Server.listeners('stream') as [StreamListener];
  http2Server.removeAllListeners('stream');
  const onStream: StreamListener = (stream, headers, flags) => {
    const { session } = stream;
    if (session) called.add(session);
    if (headerBytes(headers) <= maxHeaderBytes) {
      handle(stream, headers, flags);
      // grpc-js answers unknown methods and bad content types before the request has arrived.
      if (stream.headersSent && stream.writableEnded && !stream.endAfterHeaders) stopClient(stream);
      return;
    }
    stream.on('error', () => undefined);
    stream.respond(
      {
        ':status': 200,
        'content-type': 'application/grpc+proto',
        'grpc-status': '8',
        'grpc-message': `the headers of the call have more than ${maxHeaderBytes} bytes`,
      },
      { endStream: true },
    );
    stopClient(stream);
    if (!session) return;
    const count = (violations.get(session) ?? 0) + 1;
    violations.set(session, count);
    if (count >= maxViolations) close(session);
  };
  http2Server.on('stream', onStream);

  return {
    widen(session) {
      if (wide.has(session) || session.destroyed) return;
      wide.add(session);
      session.settings({ initialWindowSize: wideWindows.streamBytes });
      session.setLocalWindowSize(wideWindows.connectionBytes);
    },
  };
}

type StreamListener = (stream: ServerHttp2Stream, headers: IncomingHttpHeaders, flags: number) => void;

/** The HTTP/2 server that grpc-js 1.14 creates for its connection injector, a private field (ADR 30). */
function http2ServerOf(server: Server): Http2Server {
  const servers: unknown = Reflect.get(server, 'http2Servers');
  const http2Server: unknown = servers instanceof Map ? servers.keys().next().value : undefined;
  if (!isHttp2Server(http2Server))
    throw new Error('this version of grpc-js keeps its HTTP/2 server elsewhere');
  return http2Server;
}

function isHttp2Server(value: unknown): value is Http2Server {
  if (typeof value !== 'object' || value === null) return false;
  const { updateSettings, listeners } = value as Partial<Http2Server>;
  return typeof updateSettings === 'function' && typeof listeners === 'function';
}

function headerBytes(headers: IncomingHttpHeaders): number {
  let bytes = 0;
  for (const name in headers) {
    const value = headers[name];
    bytes += name.length;
    if (typeof value === 'string') bytes += value.length;
    else if (value) for (const item of value) bytes += item.length;
  }
  return bytes;
}
