import { once } from 'node:events';
import { expect, test } from '@jest/globals';
import { openHttp2 } from '../../bench/wire/http2-frames.js';
import { decodeMessages, encodeDraft } from '../../src/shared/codec.js';
import { contentType } from '../../src/shared/message.js';
import { simpleChat } from '../../src/shared/services.js';
import { encodeText } from '../../src/shared/text.js';
import { withServer } from './test-server.js';

/** Sends texts over one connection, each after the answer to the last one. */
async function sender(port: number) {
  let answered = (): void => undefined;
  const connection = await openHttp2(port, simpleChat.sendMessage.path, 'user2', {
    onData: () => undefined,
    onEnd: () => answered(),
  });
  return {
    close: () => connection.close(),
    async send(text: string) {
      const draft = { id: '', timestamp: Date.now(), type: contentType.text, content: encodeText(text) };
      await new Promise<void>((resolve) => {
        answered = resolve;
        connection.call(encodeDraft(draft));
      });
    },
  };
}

test('the server sends a message to a subscriber as one HTTP/2 frame and nothing else', async () => {
  await withServer({}, async ({ port }) => {
    const frames: Buffer[] = [];
    const arrived = new EventTarget();
    const subscriber = await openHttp2(port, simpleChat.messageList.path, 'user1', {
      onData(_, bytes) {
        frames.push(bytes);
        arrived.dispatchEvent(new Event('frame'));
      },
      onEnd: () => undefined,
    });
    const opened = once(arrived, 'frame');
    subscriber.call(Buffer.alloc(0));
    await opened;
    const writer = await sender(port);
    for (let count = 1; count <= 20; count++) {
      const arrival = once(arrived, 'frame');
      await writer.send(`text ${count}`);
      await arrival;
    }
    // The first one is the empty batch that confirms the subscription.
    expect(frames.map((frame) => frame.readUInt32BE(1) === frame.length - 5)).toEqual(Array(21).fill(true));
    const texts = frames.map((frame) => decodeMessages(frame.subarray(5)).length);
    expect(texts).toEqual([0, ...Array.from({ length: 20 }, () => 1)]);
    subscriber.close();
    writer.close();
  });
});
