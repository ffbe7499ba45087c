import { Metadata, Server, ServerCredentials, status, type ServerWritableStream } from '@grpc/grpc-js';
import { encodeEntry, encodeUnsequenced } from '../../src/shared/codec.js';
import { encodeOnline } from '../../src/shared/extension-codec.js';
import { contentType } from '../../src/shared/message.js';
import { chatExtensions, metadataKeys, simpleChat } from '../../src/shared/services.js';
import { encodeText } from '../../src/shared/text.js';

/** A server, or somebody between us and one, that lets everything through and makes it worse. */
export type HostileServer = {
  readonly port: number;
  /** Writes a text as this name to everybody. */
  say(from: string, text: string): void;
  /** Why everything that is asked of it is refused, from now on. */
  setReason(text: string): void;
  /** Lets nobody in any more, for that reason. */
  refuseLogins(): void;
  /** Who is online, from now on. */
  setOnline(names: readonly string[]): void;
  stop(): void;
};

type Stream = ServerWritableStream<Uint8Array, Uint8Array>;
type Answer = (error: { code: status; details: string }) => void;

/** Lets everybody in; refuses every message, search and page with a reason of the test's choice. */
export async function startHostileServer(): Promise<HostileServer> {
  const readers = new Set<Stream>();
  const watchers = new Set<Stream>();
  let sequence = 0;
  let reason = 'refused';
  let online: readonly string[] = ['user1'];
  let refusesLogins = false;

  const server = new Server();
  server.addService(simpleChat, {
    messageList(call: Stream) {
      if (refusesLogins) {
        call.emit('error', { code: status.UNIMPLEMENTED, details: reason });
        return;
      }
      const metadata = new Metadata();
      metadata.set(metadataKeys.logId, 'hostile');
      metadata.set(metadataKeys.head, '0');
      metadata.set(metadataKeys.resumed, 'false');
      call.sendMetadata(metadata);
      call.write(new Uint8Array(0));
      readers.add(call);
    },
    sendMessage(_call: unknown, answer: Answer) {
      answer({ code: status.INVALID_ARGUMENT, details: reason });
    },
  });
  server.addService(chatExtensions, {
    history(_call: unknown, answer: Answer) {
      answer({ code: status.INTERNAL, details: reason });
    },
    search(call: Stream) {
      call.emit('error', { code: status.INTERNAL, details: reason });
    },
    usersOnline(call: Stream) {
      watchers.add(call);
      call.write(encodeOnline({ names: online }));
    },
  });
  const port = await new Promise<number>((resolve, reject) => {
    server.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), (error, bound) =>
      error ? reject(error) : resolve(bound),
    );
  });
  return {
    port,
    say(from, text) {
      const draft = { timestamp: Date.now(), type: contentType.text, content: encodeText(text) };
      const entry = encodeEntry(encodeUnsequenced({ ...draft, from, id: '' }), ++sequence);
      for (const reader of readers) reader.write(entry);
    },
    refuseLogins: () => void (refusesLogins = true),
    setReason: (text) => void (reason = text),
    setOnline(names) {
      online = names;
      for (const watcher of watchers) watcher.write(encodeOnline({ names }));
    },
    stop: () => server.forceShutdown(),
  };
}
