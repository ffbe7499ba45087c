import { once } from 'node:events';
import { connect, type Socket } from 'node:net';

/**
 * The minimum of HTTP/2 (RFC 9113) for gRPC calls, without checks, so that the load costs as little CPU time as that of
 * nats-server over its own text protocol, and only the server is measured.
 */
export type Http2Connection = {
  /** Begins a call with one message; returns the stream id. */
  call(message: Uint8Array): number;
  close(): void;
};

/** The answers of the server. */
export type Http2Events = {
  /** Bytes of the body of a stream. */
  readonly onData: (stream: number, bytes: Buffer) => void;
  readonly onEnd: (stream: number) => void;
};

const type = { data: 0, headers: 1, settings: 4, ping: 6, windowUpdate: 8 } as const;
const flag = { ack: 1, endStream: 1, endHeaders: 4 } as const;
const preface = 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n';
const maxWindowBytes = 0x7fffffff;

/** Connects to a server on this machine, for calls of one method as one user. */
export async function openHttp2(
  port: number,
  path: string,
  user: string,
  { onData, onEnd }: Http2Events,
  metadata: Readonly<Record<string, string>> = {},
): Promise<Http2Connection> {
  const socket = connect(port, '127.0.0.1').setNoDelay();
  await once(socket, 'connect');
  const { first, further } = headerBlocks(path, `127.0.0.1:${port}`, { ...metadata, 'user-name': user });
  let stream = -1;

  socket.write(
    Buffer.concat([
      Buffer.from(preface),
      // Windows that no run fills, so that only pings need an answer.
      frame(type.settings, 0, 0, Buffer.from([0, 4, 0x7f, 0xff, 0xff, 0xff])),
      frame(type.windowUpdate, 0, 0, uint32(maxWindowBytes - 0xffff)),
    ]),
  );
  readFrames(socket, (kind, flags, id, payload) => {
    if (kind === type.data && payload.length > 0) onData(id, payload);
    if (kind === type.settings && !(flags & flag.ack)) socket.write(frame(type.settings, flag.ack, 0));
    if (kind === type.ping && !(flags & flag.ack)) socket.write(frame(type.ping, flag.ack, 0, payload));
    if ((kind === type.data || kind === type.headers) && flags & flag.endStream) onEnd(id);
  });

  return {
    call(message) {
      const block = stream < 0 ? first : further;
      stream += 2;
      const body = Buffer.concat([Buffer.of(0), uint32(message.length), message]);
      socket.write(
        Buffer.concat([
          frame(type.headers, flag.endHeaders, stream, block),
          frame(type.data, flag.endStream, stream, body),
        ]),
      );
      return stream;
    },
    close: () => socket.destroy(),
  };
}

/** The header blocks of the first call and of later ones, which contain only indices, as from real clients (RFC 7541). */
function headerBlocks(
  path: string,
  authority: string,
  metadata: Readonly<Record<string, string>>,
): { first: Buffer; further: Buffer } {
  const added = [
    // Literals with indexing: the name as an index of the static table or as a string.
    Buffer.concat([Buffer.of(0x44), text(path)]),
    Buffer.concat([Buffer.of(0x41), text(authority)]),
    Buffer.concat([Buffer.of(0x5f), text('application/grpc')]),
    ...[['te', 'trailers'], ['user-password', 'qwerty'], ...Object.entries(metadata)].map(
      ([name = '', value = '']) => Buffer.concat([Buffer.of(0x40), text(name), text(value)]),
    ),
  ];
  // ":method: POST" and ":scheme: http" of the static table. The newest entry of the dynamic table has the index 62.
  const fixed = Buffer.of(0x83, 0x86);
  const indices = added.map((_, index) => 0x80 | (62 + added.length - 1 - index));
  return { first: Buffer.concat([fixed, ...added]), further: Buffer.concat([fixed, Buffer.from(indices)]) };
}

/** An HPACK string literal shorter than 127 bytes, without Huffman coding. */
function text(value: string): Buffer {
  return Buffer.concat([Buffer.of(value.length), Buffer.from(value)]);
}

function readFrames(
  socket: Socket,
  onFrame: (kind: number, flags: number, stream: number, payload: Buffer) => void,
): void {
  let rest: Buffer | undefined;
  socket.on('data', (chunk) => {
    const bytes = rest ? Buffer.concat([rest, chunk]) : chunk;
    let at = 0;
    while (bytes.length - at >= 9) {
      const end = at + 9 + bytes.readUIntBE(at, 3);
      if (end > bytes.length) break;
      onFrame(
        bytes[at + 3] ?? 0,
        bytes[at + 4] ?? 0,
        bytes.readUInt32BE(at + 5),
        bytes.subarray(at + 9, end),
      );
      at = end;
    }
    rest = at < bytes.length ? bytes.subarray(at) : undefined;
  });
  // A stopped server may reset open connections; missing deliveries are noticed by their count.
  socket.on('error', () => undefined);
}

function frame(kind: number, flags: number, stream: number, payload: Uint8Array = Buffer.alloc(0)): Buffer {
  const bytes = Buffer.alloc(9 + payload.length);
  bytes.writeUIntBE(payload.length, 0, 3);
  bytes[3] = kind;
  bytes[4] = flags;
  bytes.writeUInt32BE(stream, 5);
  bytes.set(payload, 9);
  return bytes;
}

function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}
