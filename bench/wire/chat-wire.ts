import { randomUUID } from 'node:crypto';
import { decodeMessages, encodeDraft } from '../../src/shared/codec.js';
import { contentType } from '../../src/shared/message.js';
import { simpleChat } from '../../src/shared/services.js';
import { openHttp2 } from './http2-frames.js';
import type { Wire } from './wire.js';

/** The server lets each connection have so many calls at once. */
const callsAtOnce = 32;

/** Our own server, over bare HTTP/2. */
export const chatWire: Wire = {
  async subscribe(port, listener) {
    await new Promise<void>((resolve, reject) => {
      const read = messageReader((message) => {
        // The first one, with the history or empty, says that the subscription stands.
        resolve();
        if ('onCount' in listener) listener.onCount(countIn(message));
        else for (const { content } of decodeMessages(message)) listener.onPayload(Buffer.from(content));
      });
      openHttp2(port, simpleChat.messageList.path, 'user1', {
        onData: (_, bytes) => read(bytes),
        onEnd: () => reject(new Error('the stream ended')),
      }).then((connection) => connection.call(Buffer.alloc(0)), reject);
    });
  },
  async createPublisher(port) {
    const answered = new Map<number, () => void>();
    // The server refuses more calls at once than it allows, so they wait here.
    const queue: (() => void)[] = [];
    const connection = await openHttp2(port, simpleChat.sendMessage.path, 'user2', {
      onData: () => undefined,
      onEnd(stream) {
        answered.get(stream)?.();
        answered.delete(stream);
        queue.shift()?.();
      },
    });
    const prefix = randomUUID().slice(0, 8);
    let count = 0;
    return {
      atOnce: callsAtOnce,
      close: () => connection.close(),
      publish: (payload) =>
        new Promise((resolve) => {
          const id = `${prefix}-${String(count++).padStart(10, '0')}`;
          const draft = { id, timestamp: Date.now(), type: contentType.text, content: payload };
          const send = (): void => void answered.set(connection.call(encodeDraft(draft)), resolve);
          if (answered.size < callsAtOnce) send();
          else queue.push(send);
        }),
    };
  },
};

/** Joins a stream's bytes to whole gRPC messages. */
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

/** How many `ChatMessage` are in a `ChatMessages`: fields with the tag 0x0a, one after the other. */
function countIn(messages: Buffer): number {
  let count = 0;
  for (let at = 0; at < messages.length; count++) {
    let length = 0;
    let byte = 0x80;
    at++;
    for (let shift = 0; byte >= 0x80; shift += 7) {
      byte = messages[at++] ?? 0;
      length |= (byte & 0x7f) << shift;
    }
    at += length;
  }
  return count;
}
