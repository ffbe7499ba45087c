import { once } from 'node:events';
import { connect as connectSocket } from 'node:net';
import { contentType } from '../../src/shared/message.js';
import { encodeText } from '../../src/shared/text.js';
import { connectAs } from '../screen-client.js';

/** The text that is sent: 60 bytes, as people write. */
export const text = 'x'.repeat(60);

/** Publishes one text; resolves when the server has taken it. */
export type Publish = () => Promise<void>;

/** How to speak with each kind of server. */
export const wires = {
  chat: {
    async subscribe(port: number, onMessages: (count: number) => void): Promise<void> {
      const connection = connectAs('user1', `localhost:${port}`);
      await new Promise<void>((resolve) => {
        void (async () => {
          for await (const event of connection.subscribe(undefined, new AbortController().signal)) {
            if (event.type === 'opened') resolve();
            else onMessages(event.messages.length);
          }
        })();
      });
    },
    createPublisher(port: number): Promise<Publish> {
      const connection = connectAs('user2', `localhost:${port}`);
      const { signal } = new AbortController();
      let count = 0;
      return Promise.resolve(async () => {
        const id = `${process.pid}-${count++}`;
        const draft = { id, timestamp: Date.now(), type: contentType.text, content: encodeText(text) };
        await connection.send(draft, signal);
      });
    },
  },
  nats: {
    async subscribe(port: number, onMessages: (count: number) => void): Promise<void> {
      const socket = await natsSocket(port);
      const frame = `MSG chat 1 ${text.length}\r\n${text}\r\n`.length;
      let bytes = 0;
      socket.write('SUB chat 1\r\nPING\r\n');
      await once(socket, 'data');
      socket.on('data', (data) => {
        const before = Math.floor(bytes / frame);
        bytes += data.length;
        onMessages(Math.floor(bytes / frame) - before);
      });
    },
    async createPublisher(port: number): Promise<Publish> {
      const socket = await natsSocket(port);
      socket.resume();
      return () =>
        new Promise<void>((resolve) =>
          socket.write(`PUB chat ${text.length}\r\n${text}\r\n`, () => resolve()),
        );
    },
  },
};

async function natsSocket(port: number) {
  const socket = connectSocket(port, '127.0.0.1').setNoDelay();
  await once(socket, 'data');
  socket.write('CONNECT {"verbose":false}\r\n');
  return socket;
}
