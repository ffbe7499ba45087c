/**
 * The CPU time of the server for messages to a room of 20 while 5,000 are connected, compared to only those 20 on the same
 * server. The others see none of the messages.
 */
import { randomUUID } from 'node:crypto';
import { setTimeout } from 'node:timers/promises';
import { encodeUnsequenced } from '../src/shared/codec.js';
import { contentType, messageKind, roomType } from '../src/shared/message.js';
import { decodeRoom } from '../test/support/room-answers.js';
import { encodeNewRoom } from '../src/shared/room-requests.js';
import { messages, rooms, simpleChat } from '../src/shared/services.js';
import { quantile, rangeOf } from './median.js';
import { report } from './row.js';
import { cpuMicros, startChat, type Target } from './target.js';
import { openHttp2, type Http2Connection } from './wire/http2-frames.js';
import { stamped } from './wire/wire.js';

const members = 20;
const others = 4980;
const textBytes = 60;
const rate = 200;
const seconds = 4;
const rounds = 5;

const ignore = (): void => undefined;
/** In bytes. */
const received: Record<string, number> = {};
const target = await startChat([]);
const room = await createRoom(target);
await connectReaders('user1', members);
const post = await openPublisher(target, room);
await cpuPerMessage();
const ratios: number[] = [];
const [few, all]: [number[], number[]] = [[], []];
for (let round = 0; round < rounds; round++) {
  const alone = await cpuPerMessage();
  const crowd = await connectReaders('user3', others);
  const crowded = await cpuPerMessage();
  for (const one of crowd) one.close();
  await setTimeout(1000);
  few.push(alone);
  all.push(crowded);
  ratios.push(crowded / alone);
}
report({
  what: `a message to a room of ${members}, ${members + others} connected`,
  value: quantile(ratios, 0.5),
  unit: '× the 20',
  limit: { max: 1.3 },
  details: `${rangeOf(ratios)}; ${quantile(all, 0.5).toFixed(0)} µs, the ${members} alone ${quantile(few, 0.5).toFixed(0)} µs`,
});
await target.stop();
process.exit();

/** The server's CPU time for a message and its deliveries, in microseconds. */
async function cpuPerMessage(): Promise<number> {
  await setTimeout(1000);
  const before = cpuMicros(target.pid);
  const bytesBefore = received.user1 ?? 0;
  const start = performance.now();
  let sent = 0;
  const answers: Promise<void>[] = [];
  for (let elapsed = 0; elapsed < seconds; elapsed = (performance.now() - start) / 1000) {
    for (; sent < elapsed * rate; sent++) answers.push(post());
    await setTimeout(2);
  }
  await Promise.all(answers);
  await setTimeout(200);
  const bytes = (received.user1 ?? 0) - bytesBefore;
  if (bytes < sent * members * textBytes) throw new Error(`the members received only ${bytes} bytes`);
  return (cpuMicros(target.pid) - before) / sent;
}

async function connectReaders(user: string, count: number): Promise<Http2Connection[]> {
  const connected: Http2Connection[] = [];
  while (connected.length < count) {
    const some = Array.from({ length: Math.min(50, count - connected.length) }, () => connectReader(user));
    connected.push(...(await Promise.all(some)));
  }
  return connected;
}

/** Resolves at the first message, which confirms the stream. */
async function connectReader(user: string): Promise<Http2Connection> {
  const { promise, resolve } = withResolver();
  const onData = (_: number, bytes: Buffer): void => {
    received[user] = (received[user] ?? 0) + bytes.length;
    resolve();
  };
  const events = { onData, onEnd: ignore };
  const connection = await openHttp2(target.port, simpleChat.messageList.path, user, events, { rooms: '1' });
  connection.call(Buffer.alloc(0));
  await promise;
  return connection;
}

async function createRoom({ port }: Target): Promise<number> {
  const parts: Buffer[] = [];
  const { promise, resolve } = withResolver();
  const events = { onData: (_: number, bytes: Buffer) => void parts.push(bytes), onEnd: resolve };
  const connection = await openHttp2(port, rooms.create.path, 'user1', events);
  connection.call(encodeNewRoom({ name: 'plans', type: roomType.closed }));
  await promise;
  connection.close();
  return decodeRoom(Buffer.concat(parts).subarray(5)).number;
}

async function openPublisher({ port }: Target, number: number): Promise<() => Promise<void>> {
  const answered = new Map<number, () => void>();
  const connection = await openHttp2(port, messages.post.path, 'user1', {
    onData: ignore,
    onEnd: (stream) => answered.get(stream)?.(),
  });
  return () => {
    const { promise, resolve } = withResolver();
    const detail = { room: number, kind: messageKind.message };
    const draft = {
      id: randomUUID(),
      timestamp: Date.now(),
      type: contentType.text,
      content: stamped(textBytes),
    };
    answered.set(connection.call(encodeUnsequenced({ ...draft, from: '', detail })), resolve);
    return promise;
  };
}

function withResolver(): { promise: Promise<void>; resolve: () => void } {
  let resolve = ignore;
  const promise = new Promise<void>((resolved) => (resolve = resolved));
  return { promise, resolve: () => resolve() };
}
