import { Metadata, Server, ServerCredentials, status, type ServerWritableStream } from '@grpc/grpc-js';
import { encodeEntry, encodeUnsequenced } from '../../src/shared/codec.js';
import { contentType } from '../../src/shared/message.js';
import { encodePresenceUpdate } from '../../src/shared/presence-update.js';
import { messages, metadataKeys, presence, simpleChat } from '../../src/shared/services.js';
import { encodeText } from '../../src/shared/text.js';

/** A malicious server, or an attacker between client and server. */
export type HostileServer = {
  readonly port: number;
  /** Sends a message from this name to all subscribers. */
  say(from: string, text: string): void;
  /** The text of all following errors. */
  setReason(text: string): void;
  /** Rejects all following subscriptions. */
  refuseLogins(): void;
  /** Reports these users as online. */
  setOnline(names: readonly string[]): void;
  stop(): void;
};

type Stream = ServerWritableStream<Uint8Array, Uint8Array>;
type Answer = (error: { code: status; details: string }) => void;

/** Accepts every login; rejects every message, search and page. */
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
  server.addService(messages, {
    history(_call: unknown, answer: Answer) {
      answer({ code: status.INTERNAL, details: reason });
    },
    search(call: Stream) {
      call.emit('error', { code: status.INTERNAL, details: reason });
    },
  });
  server.addService(presence, {
    watch(call: Stream) {
      watchers.add(call);
      call.write(encodePresenceUpdate({ first: true, online, offline: [] }));
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
      for (const watcher of watchers)
        watcher.write(encodePresenceUpdate({ first: true, online, offline: [] }));
    },
    stop: () => server.forceShutdown(),
  };
}
