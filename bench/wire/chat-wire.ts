import { randomUUID } from 'node:crypto';
import { encodeDraft } from '../../src/shared/codec.js';
import { contentType } from '../../src/shared/message.js';
import { simpleChat } from '../../src/shared/services.js';
import { openHttp2, type Http2Connection } from './http2-frames.js';
import type { Wire } from './wire.js';

/** The limit of the server for each connection. */
const maxConcurrentCalls = 32;

/** Our own server, over bare HTTP/2. */
export const chatWire: Wire = {
  async subscribe(port, listener, user) {
    const onMessage = (message: Buffer): void => {
      if ('onCount' in listener) listener.onCount(countIn(message));
      else eachContent(message, listener.onPayload);
    };
    if (user === undefined) await openStream(port, 'user1', {}, onMessage);
    else await openStream(port, user, { rooms: '1' }, onMessage);
  },
  async createPublisher(port) {
    const { call, close } = await openCalls(port, simpleChat.sendMessage, 'user2');
    const prefix = randomUUID().slice(0, 8);
    let count = 0;
    return {
      inFlight: maxConcurrentCalls,
      close,
      publish(content) {
        const id = `${prefix}-${String(count++).padStart(10, '0')}`;
        return call(encodeDraft({ id, timestamp: Date.now(), type: contentType.text, content }));
      },
    };
  },
};

/** A stream of messages. Resolves at the first `ChatMessages`, with the history or empty, which confirms it. */
export async function openStream(
  port: number,
  user: string,
  metadata: Readonly<Record<string, string>>,
  onMessage: (message: Buffer) => void,
): Promise<Http2Connection> {
  let confirm = (): void => undefined;
  let fail: (reason: Error) => void = () => undefined;
  const confirmed = new Promise<void>((resolve, reject) => ([confirm, fail] = [resolve, reject]));
  const read = messageReader((message) => {
    confirm();
    onMessage(message);
  });
  const connection = await openHttp2(
    port,
    simpleChat.messageList.path,
    user,
    {
      onData: (_, bytes) => read(bytes),
      onEnd: () => fail(new Error('the stream ended')),
    },
    metadata,
  );
  connection.call(Buffer.alloc(0));
  await confirmed;
  return connection;
}

/** Calls of one method as one user. */
export type Calls = {
  /** Resolves when the server has answered, whatever the answer is. */
  readonly call: (request: Uint8Array) => Promise<void>;
  readonly close: () => void;
};

export async function openCalls(
  port: number,
  { path }: { readonly path: string },
  user: string,
): Promise<Calls> {
  const answered = new Map<number, () => void>();
  // Further calls wait here, since the server would reject them.
  const queue: (() => void)[] = [];
  const connection = await openHttp2(port, path, user, {
    onData: () => undefined,
    onEnd(stream) {
      answered.get(stream)?.();
      answered.delete(stream);
      queue.shift()?.();
    },
  });
  return {
    close: () => connection.close(),
    call: (request) =>
      new Promise((resolve) => {
        const send = (): void => void answered.set(connection.call(request), resolve);
        if (answered.size < maxConcurrentCalls) send();
        else queue.push(send);
      }),
  };
}

/** Splits the bytes of a stream into gRPC messages. */
function messageReader(onMessage: (message: Buffer) => void): (bytes: Buffer) => void {
  let rest: Buffer | undefined;
  return (bytes) => {
    const all = rest ? Buffer.concat([rest, bytes]) : bytes;
    let at = 0;
    while (all.length - at >= 5 && all.length - at >= 5 + all.readUInt32BE(at + 1)) {
      const end = at + 5 + all.readUInt32BE(at + 1);
      onMessage(all.subarray(at + 5, end));
      at = end;
    }
    rest = at < all.length ? all.subarray(at) : undefined;
  };
}

/** The number of `ChatMessage` in a `ChatMessages`. */
function countIn(messages: Buffer): number {
  let count = 0;
  eachField(messages, (tag) => {
    if (tag === messageTag) count++;
  });
  return count;
}

/** Passes on the content of each `ChatMessage`; nothing else is decoded, as with the protocol of NATS. */
function eachContent(messages: Buffer, onContent: (content: Buffer) => void): void {
  eachField(messages, (messagesTag, message) => {
    // Otherwise it is the position of the stream.
    if (messagesTag !== messageTag) return;
    eachField(message, (tag, content) => {
      if (tag === contentTag) onContent(content);
    });
  });
}

/** Fields 1 and 2, length-delimited. */
const messageTag = (1 << 3) | 2;
const contentTag = (2 << 3) | 2;

/** Passes on the fields of a protobuf message of varints and bytes; those of a varint are empty. */
function eachField(message: Buffer, onField: (tag: number, bytes: Buffer) => void): void {
  let at = 0;
  const varint = (): number => {
    let value = 0;
    let byte = 0x80;
    for (let unit = 1; byte >= 0x80; unit *= 0x80) {
      byte = message[at++] ?? 0;
      value += (byte & 0x7f) * unit;
    }
    return value;
  };
  while (at < message.length) {
    const tag = varint();
    const value = varint();
    const end = (tag & 7) === 2 ? at + value : at;
    onField(tag, message.subarray(at, end));
    at = end;
  }
}
