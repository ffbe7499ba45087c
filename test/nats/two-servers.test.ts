import { setTimeout as wait } from 'node:timers/promises';
import { afterEach, expect, test } from '@jest/globals';
import { parseAddress } from '../../src/client/connection/address.js';
import type { Connection } from '../../src/client/connection/port.js';
import { failOver } from '../../src/client/connection/fail-over.js';
import { readFeed } from '../../src/client/feed/feed.js';
import { connect } from '../../src/client/connection/grpc/grpc-connection.js';
import { systemClock } from '../../src/shared/clock.js';
import type { Message } from '../../src/shared/message.js';
import { startServe, type ServerProcess } from '../chat-process.js';
import { describeWith } from '../require-tool.js';
import { textDraft } from '../server/test-client.js';
import { startNatsCluster, stopAllNats } from './nats-server-process.js';
import { closeAllLogs, leaderOf } from './shared-logs.js';

const total = 10_000;
const senders = 8;
/** Messages in flight of each sender. */
const inFlightCount = 4;
const retryDelayMs = 50;
/** The errors after which a client retries. */
const retryable = /^(unreachable|timed-out|may-not-have-arrived|shutting-down|store-unavailable)$/;

const ended = new AbortController();
const servers: ServerProcess[] = [];
const connections: Connection[] = [];

/** A connection that tries the addresses in this order. */
function connectTo(addresses: readonly [string, string], user: string): Connection {
  const candidateAt = (address: string) => ({
    address,
    connection: connect({
      address: parseAddress(address),
      credentials: { user, password: 'qwerty' },
    }),
  });
  const [first, second] = addresses;
  // With this random number the order is not shuffled.
  const connection = failOver([candidateAt(first), candidateAt(second)], () => 0);
  connections.push(connection);
  return connection;
}

/** Sends one sender's share; retries each message under its id until a server has answered. */
async function send(sender: number, connection: Connection, answered: Map<string, number>): Promise<void> {
  const sendOne = async (id: string): Promise<number> => {
    for (;;) {
      try {
        const { sequence } = await connection.send(textDraft(id, { id }), ended.signal);
        if (sequence !== undefined) return sequence;
      } catch (error) {
        expect(error).toMatchObject({ code: expect.stringMatching(retryable) });
      }
      await wait(retryDelayMs);
    }
  };
  const lane = async (start: number): Promise<void> => {
    for (let count = start; count < total / senders; count += inFlightCount) {
      const id = `${sender}-${count}`;
      answered.set(id, await sendOne(id));
    }
  };
  await Promise.all(Array.from({ length: inFlightCount }, (_, start) => lane(start)));
}

/** The messages of a reader, and how often it lost its server. */
type Reading = { readonly messages: readonly Message[]; readonly losses: number };

/** Resolves when a server has answered; `done` resolves when all messages have arrived. */
async function startReader(connection: Connection): Promise<{ readonly done: Promise<Reading> }> {
  const messages: Message[] = [];
  let losses = 0;
  let connected = (): void => undefined;
  const isConnected = new Promise<void>((resolve) => (connected = resolve));
  const options = { range: undefined, once: false, clock: systemClock, random: () => 0 };
  const read = async (): Promise<Reading> => {
    for await (const event of readFeed({ ...options, connection, signal: ended.signal })) {
      if (event.type === 'connected') connected();
      else if (event.type === 'lost') losses++;
      else if (event.type === 'message') messages.push(event.message);
      else throw new Error('a gap');
      if (messages.length === total) break;
    }
    return { messages, losses };
  };
  const done = read();
  await Promise.race([isConnected, done]);
  return { done };
}

describeWith(['nats-server'], 'two servers over three NATS servers', () => {
  afterEach(async () => {
    ended.abort();
    for (const connection of connections.splice(0)) connection.close();
    for (const server of servers) server.kill('SIGKILL');
    await Promise.all(servers.splice(0).map((server) => server.ended));
    await closeAllLogs();
    stopAllNats();
  });

  test('10,000 messages of 8 senders reach every reader once and in order while a server and the NATS leader are killed', async () => {
    const nats = await startNatsCluster();
    const store = `nats://${nats.map(({ address }) => address).join(',')}?replicas=3`;
    for (let count = 0; count < 2; count++) {
      servers.push(await startServe(['--store', store, '--rate', '0']));
    }
    const [one, two] = servers;
    if (!one || !two) throw new Error('two servers were started');
    const here = [one.address, two.address] as const;
    const there = [two.address, one.address] as const;

    const readers = await Promise.all(
      [here, here, there, there].map((addresses) => startReader(connectTo(addresses, 'user1'))),
    );
    const answered = new Map<string, number>();
    const sent = Promise.all(
      Array.from({ length: senders }, (_, sender) => {
        const connection = connectTo(sender % 2 === 0 ? here : there, `user${(sender % 5) + 1}`);
        return send(sender, connection, answered);
      }),
    );
    const until = async (count: number): Promise<void> => {
      while (answered.size < count) await Promise.race([wait(20), sent]);
    };
    await until(total / 4);
    one.kill('SIGKILL');
    await until(total / 2);
    await (await leaderOf(nats, 'CHAT')).stop('SIGKILL');
    await sent;

    const expected = Array.from({ length: total }, (_, index) => index + 1);
    const results = await Promise.all(readers.map(({ done }) => done));
    for (const { messages } of results) {
      expect(messages.map(({ sequence }) => sequence)).toEqual(expected);
      expect(new Map(messages.map(({ id, sequence }) => [id, sequence]))).toEqual(answered);
      expect(messages.every(({ id, content }) => Buffer.from(content).toString() === id)).toBe(true);
    }
    expect(answered.size).toBe(total);
    // Two readers changed servers; stopping the NATS leader ended no stream.
    expect(results.map(({ losses }) => losses > 0)).toEqual([true, true, false, false]);
  }, 240_000);
});
