import { once } from 'node:events';
import { connect as connectSocket, createServer, type AddressInfo } from 'node:net';
import { expect, test } from '@jest/globals';
import { decodeMessages } from '../../src/shared/codec.js';
import { contentType } from '../../src/shared/message.js';
import { simpleChat } from '../../src/shared/services.js';
import { beginCall, framed, loginHeaders, openSession } from './http2-call.js';
import { textDraft } from './test-client.js';
import { pngOf } from './test-png.js';
import { withServerAndClient } from './test-server.js';

const dataFrame = 0;
const frameHeader = 9;
const messagePrefix = 5;

/** The payloads of all complete DATA frames. */
function dataFrames(bytes: Buffer): Buffer[] {
  const payloads: Buffer[] = [];
  for (let at = 0; at + frameHeader <= bytes.length;) {
    const end = at + frameHeader + bytes.readUIntBE(at, 3);
    if (end > bytes.length) break;
    if (bytes[at + 3] === dataFrame && end > at + frameHeader) {
      payloads.push(bytes.subarray(at + frameHeader, end));
    }
    at = end;
  }
  return payloads;
}

/** Joins frames to messages; throws unless each message begins a frame with its whole prefix. */
function messagesIn(frames: readonly Buffer[]): Buffer[] {
  const messages: Buffer[] = [];
  let left = 0;
  for (const frame of frames) {
    if (left > 0) {
      left -= frame.length;
      if (left < 0) throw new Error('a message begins in the middle of a frame');
      messages.push(Buffer.concat([messages.pop() ?? Buffer.alloc(0), frame]));
      continue;
    }
    if (frame.length < messagePrefix) throw new Error('a prefix is torn');
    left = messagePrefix + frame.readUInt32BE(1) - frame.length;
    if (left < 0) throw new Error('two messages share a frame');
    messages.push(frame);
  }
  return messages;
}

// QtGrpc 6.5 stops delivering if this is violated, and no Qt client can read compressed messages.
test('each message starts a DATA frame of its own with its whole prefix, and is never compressed', async () => {
  await withServerAndClient({}, async (client, { port }) => {
    let received = Buffer.alloc(0);
    let check = (): void => undefined;
    // The HTTP/2 session owns its socket, so a relay records what the server wrote.
    const relay = createServer((near) => {
      const far = connectSocket(port, '127.0.0.1');
      far.on('data', (bytes: Buffer) => {
        received = Buffer.concat([received, bytes]);
        near.write(bytes, () => check());
      });
      near.pipe(far);
      near.on('error', () => far.destroy());
    }).listen(0, '127.0.0.1');
    await once(relay, 'listening');
    const session = openSession((relay.address() as AddressInfo).port);
    const stream = beginCall(session, simpleChat.messageList.path, {
      ...loginHeaders('user1'),
      'grpc-accept-encoding': 'identity,deflate,gzip',
    });
    stream.resume().end(framed(new Uint8Array(0)));

    const image = { ...textDraft(''), type: contentType.image, content: pngOf(100_000) };
    const until = (sequence: number): Promise<Buffer[]> =>
      new Promise((resolve) => {
        check = () => {
          const frames = dataFrames(received);
          const whole = Buffer.concat(frames);
          if (!whole.includes(`message ${sequence}`)) return;
          resolve(messagesIn(frames));
        };
        check();
      });
    await client.send(image);
    for (let number = 2; number <= 30; number++) await client.sendText(`message ${number}`);
    const messages = await until(30);
    session.destroy();
    relay.close();

    const sequences = messages.flatMap((message) => {
      expect(message[0]).toBe(0);
      expect(message.readUInt32BE(1)).toBe(message.length - messagePrefix);
      return decodeMessages(message.subarray(messagePrefix)).map(({ sequence }) => sequence);
    });
    expect(sequences).toEqual(Array.from({ length: 30 }, (_, index) => index + 1));
    // Only the first may be empty.
    expect(messages.slice(1).every((message) => message.length > messagePrefix)).toBe(true);
  });
});
