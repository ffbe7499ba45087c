import { randomBytes, randomInt } from 'node:crypto';
import { connect as connectSocket } from 'node:net';
import { once } from 'node:events';
import { expect, test } from '@jest/globals';
import { messages, presence, simpleChat } from '../../src/shared/services.js';
import { startServe } from '../chat-process.js';
import { beginCall, framed, loginHeaders, openSession, statusOf } from './http2-call.js';
import { portOf } from './server-process.js';
import { withClient } from './test-client.js';

const attackTimeMs = 5000;
const preface = Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n');
const paths = [...Object.values(simpleChat), ...Object.values(messages), ...Object.values(presence)].map(
  ({ path }) => path,
);
const publicPaths = [
  '/grpc.health.v1.Health/Check',
  '/grpc.reflection.v1.ServerReflection/ServerReflectionInfo',
];

const pick = <Item>(items: readonly Item[]): Item => items[randomInt(items.length)] as Item;

/** Writes these bytes to a new connection and ignores the answer. */
async function writeBytes(port: number, parts: readonly Buffer[]): Promise<void> {
  const socket = connectSocket(port, '127.0.0.1')
    .on('error', () => undefined)
    .resume();
  const closed = once(socket, 'close');
  for (const part of parts) socket.write(part);
  socket.end(() => socket.destroy());
  await closed;
}

/** An HTTP/2 frame of any kind, with a length that may be wrong. */
function anyFrame(): Buffer {
  const payload = randomBytes(randomInt(300));
  const header = Buffer.alloc(9);
  header.writeUIntBE(pick([payload.length, payload.length, randomInt(1 << 24)]), 0, 3);
  header[3] = randomInt(12);
  header[4] = randomInt(256);
  header.writeUInt32BE(pick([0, 1, 3, randomInt(2 ** 31)]), 5);
  return Buffer.concat([header, payload]);
}

async function callWith(
  port: number,
  path: string,
  headers: Record<string, string>,
  body: Buffer,
): Promise<void> {
  const session = openSession(port);
  const request = beginCall(session, path, headers);
  const answered = statusOf(request);
  request.end(body);
  if (path === simpleChat.messageList.path || path === presence.watch.path) request.close();
  await answered;
  session.destroy();
}

const anyText = (): string =>
  randomBytes(randomInt(2000))
    .toString(pick(['latin1', 'base64', 'hex']))
    .replace(/[\0\r\n]/g, '');

const attacks: readonly ((port: number) => Promise<void>)[] = [
  (port) => writeBytes(port, [randomBytes(randomInt(1, 20_000))]),
  (port) => writeBytes(port, [preface, randomBytes(randomInt(1, 5000))]),
  (port) =>
    writeBytes(port, [
      preface,
      Buffer.from('000000040000000000', 'hex'),
      ...Array.from({ length: 20 }, anyFrame),
    ]),
  (port) =>
    callWith(
      port,
      pick(paths),
      { ...loginHeaders('user2'), 'x-any': anyText() },
      framed(randomBytes(randomInt(500))),
    ),
  (port) => callWith(port, pick(paths), loginHeaders('user2'), randomBytes(randomInt(500))),
  (port) => callWith(port, pick(publicPaths), {}, framed(randomBytes(randomInt(500)))),
  (port) =>
    callWith(
      port,
      pick(paths),
      { ...loginHeaders('user2'), 'log-id': anyText(), 'resume-after': anyText() },
      framed(Buffer.alloc(0)),
    ),
  (port) =>
    callWith(
      port,
      `/${anyText().replace(/[^\w/.]/g, '')}`,
      { 'grpc-timeout': anyText(), 'grpc-encoding': anyText() },
      randomBytes(100),
    ),
];

test('random bytes, broken HTTP/2, hostile headers and random protobuf for 5 s do not disturb a chat', async () => {
  const server = await startServe(['--rate', '0']);
  const port = portOf(server);
  await withClient(port, async (client) => {
    const subscription = client.subscribe();
    await subscription.opened();
    const end = Date.now() + attackTimeMs;
    const done = attacks.map(() => 0);
    const attack = async (index: number): Promise<void> => {
      while (Date.now() < end) {
        // Node's HTTP/2 library refuses to send some of it.
        await attacks[index]?.(port).catch(() => undefined);
        done[index] = (done[index] ?? 0) + 1;
      }
    };
    const sent: string[] = [];
    const chat = async (): Promise<void> => {
      while (Date.now() < end) {
        const text = `message ${sent.length}`;
        sent.push(text);
        await client.sendText(text);
      }
    };
    await Promise.all([chat(), ...attacks.map((_, index) => attack(index))]);
    expect(Math.min(...done)).toBeGreaterThan(0);
    const mine = (): string[] => subscription.texts().filter((text) => text.startsWith('message '));
    await subscription.until(() => mine().length >= sent.length);
    expect(mine()).toEqual(sent);
    expect(subscription.status).toBeUndefined();
  });
  expect(server.stderr()).not.toMatch(/unhandled|"level":60/i);
  server.kill('SIGTERM');
  expect(await server.ended).toMatchObject({ code: 0, signal: null });
});
