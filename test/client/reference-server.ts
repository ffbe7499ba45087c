import { afterEach } from '@jest/globals';
import { type Metadata, Server, ServerCredentials, status, type ServerWritableStream } from '@grpc/grpc-js';
import { decodeMessage, emptyMessage, encodeEntry, encodeUnsequenced } from '../../src/shared/codec.js';
import { metadataKeys, simpleChat } from '../../src/shared/services.js';

/** A server that behaves as the Qt example's: no log-id, no ids, no sequences, no extensions, all history at once. */
export type ReferenceServer = {
  readonly port: number;
  /** How many subscriptions were ever opened, and how many messages are in the room. */
  subscriptions(): number;
  messages(): number;
  /** The next message is taken, but its answer never comes: the connection ends instead. */
  loseNextAnswer(): void;
  /** Ends it before its test does. */
  stop(): void;
};

const running = new Set<Server>();

afterEach(() => {
  for (const server of running) server.forceShutdown();
  running.clear();
});

/** Starts one for the test that runs; user `user1`, password `qwerty`. */
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
      // With the sequence that proto3 takes for none.
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
