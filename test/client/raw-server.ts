import { once } from 'node:events';
import {
  createServer,
  type IncomingHttpHeaders,
  type ServerHttp2Session,
  type ServerHttp2Stream,
} from 'node:http2';
import type { AddressInfo } from 'node:net';
import { status } from '@grpc/grpc-js';
import { afterEach } from '@jest/globals';
import { messages, presence, rooms, simpleChat } from '../../src/shared/services.js';

/** A call with access to the bytes on the wire. */
export type RawCall = {
  readonly headers: IncomingHttpHeaders;
  /** Sends the initial metadata. */
  open(metadata?: Readonly<Record<string, string>>): void;
  /** Sends raw bytes. Resolves when more can be written. */
  write(bytes: Uint8Array): Promise<void>;
  /** Opens the call if necessary, and ends it with this status. */
  end(status?: number, trailers?: Readonly<Record<string, string>>): void;
  readonly isClosed: boolean;
};

/** The implementation of a method. */
export type RawMethod = (call: RawCall) => void | Promise<void>;

/** Calls of other methods get no answer. */
export type RawMethods = Partial<
  Record<
    | 'messageList'
    | 'sendMessage'
    | 'history'
    | 'search'
    | 'messages'
    | 'edit'
    | 'watch'
    | 'post'
    | keyof typeof rooms,
    RawMethod
  >
>;

/** A framed gRPC message. `flag`: 1 if compressed; `length`: as stated in the frame. */
export function frame(message: Uint8Array, flag = 0, length = message.length): Buffer {
  const prefix = Buffer.alloc(5);
  prefix[0] = flag;
  prefix.writeUInt32BE(length, 1);
  return Buffer.concat([prefix, message]);
}

const roomNames = Object.keys(rooms) as (keyof typeof rooms)[];

const running = new Set<{ stop(): void }>();

afterEach(() => {
  for (const server of running) server.stop();
  running.clear();
});

const unimplemented: RawMethod = (call) => call.end(status.UNIMPLEMENTED);

/** Runs until the end of the test; returns its address. Without methods for rooms, it has a single room. */
export async function startRawServer(methods: RawMethods): Promise<string> {
  const byPath = new Map<string, RawMethod | undefined>([
    [simpleChat.messageList.path, methods.messageList],
    [simpleChat.sendMessage.path, methods.sendMessage],
    [messages.history.path, methods.history],
    [messages.search.path, methods.search],
    [messages.get.path, methods.messages],
    [messages.edit.path, methods.edit],
    [messages.post.path, methods.post],
    [presence.watch.path, methods.watch],
    ...roomNames.map((name) => [rooms[name].path, methods[name] ?? unimplemented] as const),
  ]);
  const server = createServer({ settings: { initialWindowSize: 8 * 1024 * 1024 } });
  const sessions = new Set<ServerHttp2Session>();
  server.on('session', (session) => {
    sessions.add(session);
    session.on('error', () => undefined);
  });
  server.on('sessionError', () => undefined);
  server.on('stream', (stream, headers) => {
    stream.on('error', () => undefined);
    stream.resume();
    void byPath.get(headers[':path'] ?? '')?.(rawCall(stream, headers));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  running.add({
    stop() {
      for (const session of sessions) session.destroy();
      server.close();
    },
  });
  return `127.0.0.1:${(server.address() as AddressInfo).port}`;
}

function rawCall(stream: ServerHttp2Stream, headers: IncomingHttpHeaders): RawCall {
  let trailers: Readonly<Record<string, string>> = {};
  stream.on('wantTrailers', () => stream.sendTrailers(trailers));
  const open = (metadata: Readonly<Record<string, string>> = {}): void => {
    if (stream.headersSent || stream.destroyed) return;
    stream.respond(
      { ':status': 200, 'content-type': 'application/grpc', ...metadata },
      { waitForTrailers: true },
    );
  };
  return {
    headers,
    open,
    async write(bytes) {
      if (stream.destroyed || stream.write(bytes)) return;
      await new Promise<void>((resolve) => {
        const settle = (): void => {
          stream.off('drain', settle);
          stream.off('close', settle);
          resolve();
        };
        stream.on('drain', settle);
        stream.on('close', settle);
      });
    },
    end(status = 0, others = {}) {
      open();
      trailers = { 'grpc-status': String(status), ...others };
      stream.end();
    },
    get isClosed() {
      return stream.destroyed || stream.closed;
    },
  };
}
