import type { Server } from '@grpc/grpc-js';
import type { Http2Server, Http2Session, IncomingHttpHeaders, ServerHttp2Stream } from 'node:http2';
import type { Clock } from '../../shared/clock.js';
import { maxHeaderBytes, maxStreamsPerConnection } from '../limits/call-limits.js';
import { stopClient } from '../limits/incoming-requests.js';

/** Bounds what a connection may send before a call of it has passed its login, and what its headers may take. */
export type Http2Sessions = {
  /** A call of this connection has passed its login: large requests may come faster from now on. */
  widen(session: Http2Session): void;
};

/** What the watch works with. */
export type Http2SessionsOptions = {
  readonly clock: Clock;
  /** A connection was closed because its headers could not be decoded, or were too long several times. */
  readonly onBroken: (address: string) => void;
};

/**
 * The flow-control windows once a login was right: how much may be on its way at once. 1 MiB carries a large image over
 * 300 ms of round trip in a few seconds. Before, it is HTTP/2's own 64 KiB, since this is memory that a peer can claim.
 */
const wideWindows = { streamBytes: 1024 * 1024, connectionBytes: 4 * 1024 * 1024 } as const;
/** A connection without a call is pinged, and closed if no answer comes in time. */
const firstCall = { pingAfterMs: 1000, answerMs: 5000 } as const;
/** Calls of one connection with headers over the limit, until it is closed. */
const maxViolations = 3;

/** Watches the connections of a grpc-js server, whose HTTP/2 server does not show in its public interface. */
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
    onBroken(session.socket.remoteAddress ?? 'unknown');
    session.destroy();
  };

  // Node reports no error when headers cannot be decoded: it sends GOAWAY, ignores everything that follows and leaves the
  // connection open. The answer to a ping is ignored too, which is how such a connection is recognised.
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
      // Unknown methods and bad content types are answered before their request has arrived.
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

/** The HTTP/2 server that grpc-js 1.14 made for its connection injector (ADR 30). */
function http2ServerOf(server: Server): Http2Server {
  const servers: unknown = Reflect.get(server, 'http2Servers');
  const http2Server: unknown = servers instanceof Map ? servers.keys().next().value : undefined;
  if (!isHttp2Server(http2Server)) throw new Error('the HTTP/2 server of grpc-js is not where it was');
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
