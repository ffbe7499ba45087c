import { Metadata, Server, ServerCredentials, status, type ServerWritableStream } from '@grpc/grpc-js';
import { encodeEntry, encodeUnsequenced } from '../../src/shared/codec.js';
import { contentType, type Detail } from '../../src/shared/message.js';
import { encodePresenceUpdate } from '../../src/shared/presence-update.js';
import { encodeRoomList, type RoomView } from '../../src/shared/room-answers.js';
import { messages, metadataKeys, presence, rooms, simpleChat } from '../../src/shared/services.js';
import { encodeText } from '../../src/shared/text.js';

/** A malicious server, or an attacker between client and server. */
export type HostileServer = {
  readonly port: number;
  /** Sends a message from this name to all subscribers. */
  say(from: string, text: string): void;
  /** Sends a change of a room from this name. */
  change(from: string, detail: Detail): void;
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

/** Accepts every login; rejects every message, search and page. Without rooms it has only the lobby. */
export async function startHostileServer(roomViews?: readonly RoomView[]): Promise<HostileServer> {
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
      if (roomViews) metadata.set(metadataKeys.rooms, '1');
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
  server.addService(rooms, {
    list(_call: unknown, answer: (error: null, bytes: Uint8Array) => void) {
      answer(null, encodeRoomList({ upTo: 0, logId: 'hostile', rooms: roomViews ?? [] }));
    },
  });
  const port = await new Promise<number>((resolve, reject) => {
    server.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), (error, bound) =>
      error ? reject(error) : resolve(bound),
    );
  });
  function send(from: string, type: number, content: Uint8Array, detail?: Detail): void {
    const message = { timestamp: Date.now(), type, content, from, id: '', ...(detail && { detail }) };
    const entry = encodeEntry(encodeUnsequenced(message), ++sequence);
    for (const reader of readers) reader.write(entry);
  }
  return {
    port,
    say: (from, text) => send(from, contentType.text, encodeText(text)),
    change: (from, detail) => send(from, contentType.unknown, new Uint8Array(0), detail),
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
