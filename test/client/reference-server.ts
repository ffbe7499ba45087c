import { afterEach } from '@jest/globals';
import { type Metadata, Server, ServerCredentials, status, type ServerWritableStream } from '@grpc/grpc-js';
import { decodeMessage, emptyMessage, encodeEntry, encodeUnsequenced } from '../../src/shared/codec.js';
import { metadataKeys, simpleChat } from '../../src/shared/services.js';

/** Behaves as the Qt example: no log-id, ids, sequences or extensions, and the whole history in one message. */
export type ReferenceServer = {
  readonly port: number;
  /** The number of subscriptions since the start. */
  subscriptions(): number;
  messages(): number;
  /** Stores the next message, but fails the call and all subscriptions. */
  loseNextAnswer(): void;
  /** Stops before the end of the test. */
  stop(): void;
};

const running = new Set<Server>();

afterEach(() => {
  for (const server of running) server.forceShutdown();
  running.clear();
});

/** Runs until the end of the test. User `user1`, password `qwerty`. */
export async function startReferenceServer(): Promise<ReferenceServer> {
  const room: Uint8Array[] = [];
  const readers = new Set<ServerWritableStream<Uint8Array, Uint8Array>>();
  let subscriptions = 0;
  let losesAnswer = false;
  const isLoggedIn = (metadata: Metadata): boolean =>
    metadata.get(metadataKeys.userName)[0] === 'user1' &&
    metadata.get(metadataKeys.userPassword)[0] === 'qwerty';

  const server = new Server();
  running.add(server);
  server.addService(simpleChat, {
    messageList(call: ServerWritableStream<Uint8Array, Uint8Array>) {
      if (!isLoggedIn(call.metadata)) {
        call.emit('error', { code: status.UNAUTHENTICATED, details: 'User or login are invalid' });
        return;
      }
      subscriptions++;
      readers.add(call);
      call.on('cancelled', () => readers.delete(call));
      call.write(Buffer.concat(room));
    },
    sendMessage(
      call: { metadata: Metadata; request: Uint8Array },
      answer: (error: { code: status; details: string } | null, response?: Uint8Array) => void,
    ) {
      if (!isLoggedIn(call.metadata)) {
        answer({ code: status.UNAUTHENTICATED, details: 'Login or password are invalid' });
        return;
      }
      const message = { ...decodeMessage(call.request), from: 'user1', id: '' };
      // proto3 omits a sequence of 0.
      const entry = encodeEntry(encodeUnsequenced(message), 0);
      room.push(entry);
      if (losesAnswer) {
        losesAnswer = false;
        for (const reader of readers) reader.emit('error', { code: status.UNAVAILABLE, details: 'gone' });
        readers.clear();
        answer({ code: status.UNAVAILABLE, details: 'gone' });
        return;
      }
      for (const reader of readers) reader.write(entry);
      answer(null, emptyMessage);
    },
  });
  const port = await new Promise<number>((resolve, reject) => {
    server.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), (error, bound) =>
      error ? reject(error) : resolve(bound),
    );
  });
  return {
    port,
    subscriptions: () => subscriptions,
    messages: () => room.length,
    loseNextAnswer: () => void (losesAnswer = true),
    stop: () => server.forceShutdown(),
  };
}
