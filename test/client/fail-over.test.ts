import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from '@jest/globals';
import { parseAddress } from '../../src/client/connection/address.js';
import { fetchServerInfo } from '../../src/client/connection/server-info.js';
import type { Connection } from '../../src/client/connection/port.js';
import { failOver, type Endpoint } from '../../src/client/connection/fail-over.js';
import { connect, type ConnectOptions } from '../../src/client/connection/grpc/grpc-connection.js';
import { createSession, type Session } from '../../src/client/session/session.js';
import { systemClock } from '../../src/shared/clock.js';
import { contentType } from '../../src/shared/message.js';
import { encodeText } from '../../src/shared/text.js';
import type { ServerOptions } from '../../src/server/app/server-options.js';
import { startServer } from '../../src/server/app/start-server.js';
import { testOptions } from '../server/test-server.js';
import { startTcpProxy, type TcpProxy } from './tcp-proxy.js';
import { connectOptions, shown, until, write } from './with-session.js';
import { inLobby } from '../support/session-driver.js';

const stops: (() => unknown)[] = [];
afterEach(async () => {
  for (const stop of stops.splice(0).reverse()) await stop();
});

const never = new AbortController().signal;
const draft = (id: string) => ({ id, timestamp: 1, type: contentType.text, content: encodeText(id) });

async function serve(options: Partial<ServerOptions> = {}): Promise<number> {
  const server = await startServer({ ...testOptions, ...options });
  stops.push(() => server.stop());
  return server.port;
}

async function proxyTo(port: number): Promise<TcpProxy> {
  const proxy = await startTcpProxy(port);
  stops.push(() => proxy.close());
  return proxy;
}

/** A port that nothing listens on. */
async function closedPort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

function candidate(port: number, changes: Partial<ConnectOptions> = {}): Endpoint {
  return { address: `127.0.0.1:${port}`, connection: connect(connectOptions(port, changes)) };
}

/** Uses the servers in this order. */
function several(first: Endpoint, ...others: readonly Endpoint[]): Connection {
  const connection = failOver([first, ...others], () => 0);
  stops.push(() => connection.close());
  return connection;
}

function sessionOver(connection: Connection): Session {
  const session = createSession({ connection, user: 'user1', random: () => 0, clock: systemClock });
  stops.push(() => session.stop());
  return session;
}

const usedBy = (session: Session): string | undefined => session.state.server?.address;
const isLive = ({ phase }: Session['state']): boolean => phase.type === 'live';

describe('a session over several servers of one room', () => {
  test('uses the first server that answers', async () => {
    const [dead, port] = [await closedPort(), await serve()];
    const session = sessionOver(several(candidate(dead), candidate(port)));
    await until(session, isLive);
    expect(usedBy(session)).toBe(`127.0.0.1:${port}`);
  });

  test('continues with another server without a gap or a repeat, and sends waiting messages', async () => {
    const port = await serve({ maxHistoryMessages: 1 });
    const [a, b] = [await proxyTo(port), await proxyTo(port)];
    const session = sessionOver(several(candidate(a.port), candidate(b.port)));
    for (const text of ['1', '2', '3']) write(session, text);
    await until(session, ({ timeline }) => timeline.items.length === 3);
    expect(usedBy(session)).toBe(`127.0.0.1:${a.port}`);
    await a.close();
    write(session, '4');
    const other = connect(connectOptions(port, { credentials: { user: 'user2', password: 'qwerty' } }));
    stops.push(() => other.close());
    await other.send(draft('5'), never);
    await until(session, ({ timeline }) => timeline.items.length === 5);
    expect(shown(session.state).toSorted()).toEqual(['1', '2', '3', '4', '5']);
    expect(usedBy(session)).toBe(`127.0.0.1:${b.port}`);
    expect(inLobby(session.state).position.readUpTo).toBe(5);
  });

  test('returns to the first server when the second is lost', async () => {
    const port = await serve();
    const [a, b] = [await proxyTo(port), await proxyTo(port)];
    const session = sessionOver(several(candidate(a.port), candidate(b.port)));
    await until(session, isLive);
    a.cut();
    await until(session, (state) => isLive(state) && usedBy(session) === `127.0.0.1:${b.port}`);
    b.cut();
    await until(session, (state) => isLive(state) && usedBy(session) === `127.0.0.1:${a.port}`);
  });

  test('starts a new list on a server with another log, and retries nothing there', async () => {
    const [one, two] = [await serve(), await serve()];
    const [a, b] = [await proxyTo(one), await proxyTo(two)];
    const elsewhere = connect(connectOptions(two));
    stops.push(() => elsewhere.close());
    await elsewhere.send({ ...draft('1'), content: encodeText('of the other room') }, never);
    const session = sessionOver(several(candidate(a.port), candidate(b.port)));
    write(session, 'of the first room');
    await until(session, ({ timeline }) => timeline.items.length === 1);
    const { logId } = session.state;
    // Its answer is lost, so it may be in the log of the first room.
    a.freeze();
    write(session, 'on its way');
    await a.close();
    await until(
      session,
      (state) => isLive(state) && state.logId !== logId && state.previousPage.type === 'none',
    );
    expect(shown(session.state)).toEqual(['of the other room', 'on its way!']);
  });

  test('reports the reasons of all servers if none answers', async () => {
    const [a, b] = [await closedPort(), await closedPort()];
    const session = sessionOver(several(candidate(a), candidate(b)));
    await until(session, ({ phase }) => phase.type === 'reconnecting');
    expect(session.state.phase).toMatchObject({
      attempt: 1,
      reason: {
        code: 'unreachable',
        message: `no server answers: nothing is listening on 127.0.0.1:${a}; nothing is listening on 127.0.0.1:${b}`,
      },
    });
  });

  test('skips a server that is silent until its timeout', async () => {
    const silent = createServer(() => undefined).listen(0, '127.0.0.1');
    await once(silent, 'listening');
    stops.push(() => silent.close());
    const port = await serve();
    const mute = candidate((silent.address() as AddressInfo).port, { readyTimeoutMs: 100 });
    const session = sessionOver(several(mute, candidate(port)));
    await until(session, isLive);
    expect(usedBy(session)).toBe(`127.0.0.1:${port}`);
  });

  test('stops after a refused login or an untrusted certificate, even with another server left', async () => {
    const data = await mkdtemp(join(tmpdir(), 'chat-fail-over-'));
    stops.push(() => rm(data, { recursive: true, force: true }));
    const [port, tlsPort] = [
      await serve(),
      await serve({ tls: { kind: 'self-signed' }, dataDirectory: data }),
    ];
    const wrong = candidate(port, { credentials: { user: 'user1', password: 'wrong' } });
    const refused = sessionOver(several(wrong, candidate(await serve())));
    await until(refused, ({ phase }) => phase.type === 'refused');
    expect(refused.state.phase).toMatchObject({ reason: { code: 'login-refused' } });

    const unknown = candidate(tlsPort, { address: parseAddress(`https://127.0.0.1:${tlsPort}`) });
    const stopped = sessionOver(several(unknown, candidate(port)));
    await until(stopped, ({ phase }) => phase.type === 'refused');
    expect(stopped.state.phase).toMatchObject({ reason: { code: 'certificate-untrusted' } });
  });
});

describe('calls without a subscription', () => {
  test('use a server that answers, and another one after a failure', async () => {
    const port = await serve();
    const [a, b] = [await proxyTo(port), await proxyTo(port)];
    const connection = several(candidate(await closedPort()), candidate(a.port), candidate(b.port));
    expect(await connection.send(draft('1'), never)).toEqual({ sequence: 1 });
    const { logId } = connection;
    expect(logId).toBeDefined();
    await a.close();
    await expect(connection.send(draft('2'), never)).rejects.toHaveProperty('code');
    expect(connection.logId).toBe(logId);
    expect(await connection.send(draft('2'), never)).toEqual({ sequence: 2 });
    expect(await connection.history(0, 10, never)).toHaveLength(2);
  });

  test('do not change the server when their message is rejected', async () => {
    const [one, two] = [await serve(), await serve()];
    const connection = several(candidate(one), candidate(two));
    const ending = new AbortController();
    stops.push(() => ending.abort());
    const events = connection.subscribe(undefined, ending.signal)[Symbol.asyncIterator]();
    await events.next();
    const { logId } = connection;
    await expect(connection.send({ ...draft('x'), content: new Uint8Array() }, never)).rejects.toMatchObject({
      code: 'message-refused',
    });
    expect((await fetchServerInfo(connection, never)).logId).toBe(logId);
    await connection.send(draft('y'), never);
    expect(connection.logId).toBe(logId);
  });

  test('make the next subscription use another server after a failure', async () => {
    const [one, two] = [await serve(), await serve()];
    const [a, b] = [await proxyTo(one), await proxyTo(two)];
    const connection = several(candidate(a.port, { sendTimeoutMs: 200 }), candidate(b.port));
    const ending = new AbortController();
    stops.push(() => ending.abort());
    await connection.subscribe(undefined, ending.signal)[Symbol.asyncIterator]().next();
    const { logId } = connection;
    a.freeze();
    // Until then all calls use the server of the open subscription.
    for (const id of ['1', '2']) {
      await expect(connection.send(draft(id), never)).rejects.toMatchObject({ code: 'may-not-have-arrived' });
      expect(connection.logId).toBe(logId);
    }
    expect((await fetchServerInfo(connection, never)).logId).not.toBe(logId);
  });
});
