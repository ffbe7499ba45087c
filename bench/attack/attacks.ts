import { randomInt } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import type { ClientHttp2Session, ClientHttp2Stream } from 'node:http2';
import { encodeHistoryQuery, encodeSearchQuery } from '../../src/shared/message-queries.js';
import { encodeDraft } from '../../src/shared/codec.js';
import { contentType } from '../../src/shared/message.js';
import { messages, simpleChat } from '../../src/shared/services.js';
import { encodeText } from '../../src/shared/text.js';
import { beginCall, framed, loginHeaders } from '../../test/server/http2-call.js';

/** One way to attack a server. */
export type Attack = {
  readonly name: string;
  readonly needsLogin: boolean;
  /** Called once; opens the connections and calls of the attack. */
  readonly begin: (target: AttackTarget) => void | Promise<void>;
};

/** The server under attack, and what `begin` may use. */
export type AttackTarget = {
  readonly port: number;
  /** A connection that is closed when the attack ends; with `windowBytes` 0 it accepts no bytes of an answer. */
  readonly session: (windowBytes?: number) => ClientHttp2Session;
  /** Runs `step` at most `perSecond` times a second until the attack ends. */
  readonly repeat: (perSecond: number, step: () => void) => void;
};

const attacker = loginHeaders('user1');
const health = '/grpc.health.v1.Health/Check';
const healthWatch = '/grpc.health.v1.Health/Watch';
const reflection = '/grpc.reflection.v1.ServerReflection/ServerReflectionInfo';
const megabyte = 1_000_000;
const each = <Value>(count: number, make: (index: number) => Value): Value[] =>
  Array.from({ length: count }, (_, index) => make(index));

/** A compressed message of `bytes` zeros. */
function compressed(bytes: number): Buffer {
  const frame = framed(gzipSync(Buffer.alloc(bytes)));
  frame[0] = 1;
  return frame;
}

/** The first `sentBytes` of a message that claims to have `claimedBytes`. */
function unfinished(claimedBytes: number, sentBytes: number): Buffer {
  const body = Buffer.alloc(5 + sentBytes);
  body.writeUInt32BE(claimedBytes, 1);
  return body;
}

/** Begins a call, sends `body`, and leaves the call open. */
function open(
  session: ClientHttp2Session,
  path: string,
  headers: Readonly<Record<string, string>>,
  body: Buffer,
): ClientHttp2Stream {
  const call = beginCall(session, path, headers);
  call.write(body);
  call.resume();
  return call;
}

/** Sends a complete call. */
function send(
  session: ClientHttp2Session,
  path: string,
  headers: Readonly<Record<string, string>>,
  body: Buffer,
): ClientHttp2Stream {
  const call = open(session, path, headers, body);
  call.end();
  return call;
}

const gzip = { 'grpc-encoding': 'gzip' };
const text = (content: string, id = ''): Buffer =>
  framed(encodeDraft({ id, timestamp: 1, type: contentType.text, content: encodeText(content) }));

/** Every attack, in the order in which they run. */
export const attacks: readonly Attack[] = [
  {
    name: 'compressed health checks and reflection',
    needsLogin: false,
    begin({ session, repeat }) {
      const body = compressed(8 * megabyte);
      const connections = each(8, () => session());
      repeat(100, () => {
        for (const connection of connections)
          send(connection, randomInt(2) ? health : reflection, gzip, body);
      });
    },
  },
  {
    name: 'half-sent health checks and unknown methods',
    needsLogin: false,
    begin({ session, repeat }) {
      const body = unfinished(4000, 2000);
      repeat(20, () => {
        const connection = session();
        each(60, (index) => open(connection, index % 2 ? health : '/no.Such/Method', {}, body));
      });
    },
  },
  {
    name: 'half-sent messages with a wrong password',
    needsLogin: false,
    begin({ session, repeat }) {
      const body = unfinished(4 * megabyte, 60_000);
      repeat(10, () => {
        const connection = session();
        each(60, (index) =>
          open(connection, simpleChat.sendMessage.path, loginHeaders(`user${index}`, 'wrong'), body),
        );
      });
    },
  },
  {
    name: 'calls with 60 kB of headers',
    needsLogin: false,
    begin({ session, repeat }) {
      const headers = Object.fromEntries(each(15, (index) => [`x-${index}`, 'x'.repeat(4000)]));
      repeat(50, () => {
        const connection = session();
        each(30, () => open(connection, simpleChat.messageList.path, headers, framed(Buffer.alloc(0))));
      });
    },
  },
  {
    name: 'health watches that stay open',
    needsLogin: false,
    begin({ session, repeat }) {
      repeat(20, () => {
        const connection = session(0);
        each(60, () => send(connection, healthWatch, {}, framed(Buffer.alloc(0))));
      });
    },
  },
  {
    name: 'unfinished messages of 4 MB',
    needsLogin: true,
    begin({ session, repeat }) {
      const body = unfinished(4_100_000, 4 * megabyte);
      const connections = each(8, () => session());
      repeat(20, () => {
        for (const connection of connections) open(connection, simpleChat.sendMessage.path, attacker, body);
      });
    },
  },
  {
    name: 'compressed messages, and 4 MB of empty fields',
    needsLogin: true,
    begin({ session, repeat }) {
      const bomb = compressed(8 * megabyte);
      const fields = framed(Buffer.alloc(4 * megabyte, Buffer.of(0x12, 0)));
      const connection = session();
      repeat(50, () => {
        send(connection, simpleChat.sendMessage.path, { ...attacker, ...gzip }, bomb);
        send(connection, simpleChat.sendMessage.path, attacker, fields);
      });
    },
  },
  {
    name: 'a known message sent repeatedly',
    needsLogin: true,
    begin({ session, repeat }) {
      const body = text('x'.repeat(16_000), 'again');
      const connections = each(4, () => session());
      repeat(500, () => {
        for (const connection of connections) send(connection, simpleChat.sendMessage.path, attacker, body);
      });
    },
  },
  {
    name: 'stalled subscribers at different cursors',
    needsLogin: true,
    begin({ session, repeat }) {
      const connections = each(8, () => session(0));
      let after = 0;
      repeat(100, () => {
        const connection = connections[after % 8] ?? session(0);
        // The cursors differ, so that the subscribers share no batches.
        const cursor = {
          'log-id': process.env.CHAT_ATTACK_LOG_ID ?? '',
          'resume-after': String(after++ % 60),
        };
        send(connection, simpleChat.messageList.path, { ...attacker, ...cursor }, framed(Buffer.alloc(0)));
      });
    },
  },
  {
    name: 'unread searches and pages',
    needsLogin: true,
    begin({ session, repeat }) {
      const connections = each(4, () => session(0));
      const search = framed(encodeSearchQuery({ text: 'e', before: 0, limit: 500 }));
      const page = framed(encodeHistoryQuery({ before: 0, limit: 500 }));
      repeat(100, () => {
        for (const connection of connections) {
          send(connection, messages.search.path, attacker, search);
          send(connection, messages.history.path, attacker, page);
        }
      });
    },
  },
  {
    name: 'searches for 4 MB of text',
    needsLogin: true,
    begin({ session, repeat }) {
      const connection = session();
      const body = framed(encodeSearchQuery({ text: 'ab'.repeat(2 * megabyte), before: 0, limit: 500 }));
      repeat(10, () => void send(connection, messages.search.path, attacker, body));
    },
  },
  {
    name: 'messages that arrive byte by byte',
    needsLogin: true,
    begin({ session, repeat }) {
      const connection = session();
      const calls = each(90, () =>
        open(connection, simpleChat.sendMessage.path, attacker, unfinished(4 * megabyte, 1)),
      );
      repeat(1, () => {
        for (const call of calls) if (!call.closed) call.write(Buffer.of(0));
      });
    },
  },
];
