import { credentials, status } from '@grpc/grpc-js';
import { X509Certificate } from 'node:crypto';
import { mkdtemp, rm, unlink } from 'node:fs/promises';
import { connect as connectSocket, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { once } from 'node:events';
import { connect as connectTls, type TLSSocket } from 'node:tls';
import { describe, expect, test } from '@jest/globals';
import { TestClient, withClient } from './test-client.js';
import { withServer } from './test-server.js';

describe('a server on localhost', () => {
  test.each(['127.0.0.1', '[::1]'])('is reachable at %s', async (host) => {
    await withServer({}, async ({ port }) => {
      const client = new TestClient(port, { host });
      expect(await client.sendText('hello')).toBe(1);
      client.close();
    });
  });
});

describe('the limits of a server', () => {
  test('the number of connections is limited, and a closed connection frees its place', async () => {
    await withServer({ maxConnections: 2 }, async ({ port }) => {
      const open = (): Socket =>
        connectSocket(port, '127.0.0.1')
          .on('error', () => undefined)
          .resume();
      const kept = [open(), open()];
      await Promise.all(kept.map((socket) => once(socket, 'data')));
      const connectionRejected = open();
      await once(connectionRejected, 'close');
      kept[0]?.destroy();
      // The server notices the close a moment later, so the client tries again.
      for (let isAccepted = false; !isAccepted;) {
        const socket = open();
        isAccepted = await Promise.race([
          once(socket, 'data').then(() => true),
          once(socket, 'close').then(() => false),
        ]);
        socket.destroy();
      }
      kept[1]?.destroy();
    });
  });

  test('a connection carries 32 streams, and the next one waits for a free place', async () => {
    await withServer({}, async ({ port }) => {
      await withClient(port, async (client) => {
        const streams = Array.from({ length: 33 }, () => client.subscribe());
        await Promise.all(streams.slice(0, 32).map((stream) => stream.opened()));
        expect(streams[32]?.items).toEqual([]);
        streams[0]?.stream.cancel();
        const next = streams[32];
        await next?.until(() => next.items.length > 0 || next.status !== undefined);
        if (next?.items.length === 0) {
          // From Node 22 on, the place becomes free only a moment later, and a call before that is rejected.
          expect(next.status?.code).toBe(status.RESOURCE_EXHAUSTED);
          await client.subscribe().opened();
        }
      });
    });
  });
});

async function tlsSocket(port: number): Promise<TLSSocket> {
  const socket = connectTls({
    host: 'localhost',
    servername: 'localhost',
    port,
    rejectUnauthorized: false,
    ALPNProtocols: ['h2'],
  });
  await once(socket, 'secureConnect');
  return socket;
}

async function fingerprintAt(port: number): Promise<string> {
  const socket = await tlsSocket(port);
  const { fingerprint256 } = socket.getPeerCertificate();
  socket.destroy();
  return fingerprint256;
}

describe('a server with TLS', () => {
  test('uses the certificate whose fingerprint it reports, and rejects plaintext', async () => {
    await withServer({ tls: { kind: 'self-signed' } }, async ({ port, fingerprint }) => {
      const socket = await tlsSocket(port);
      const { raw, fingerprint256 } = socket.getPeerCertificate();
      expect(fingerprint256).toBe(fingerprint);
      expect(socket.alpnProtocol).toBe('h2');
      socket.destroy();
      const channel = credentials.createSsl(Buffer.from(new X509Certificate(raw).toString()));
      const client = new TestClient(port, { host: 'localhost', channel });
      const subscription = client.subscribe();
      await subscription.opened();
      expect(await client.sendText('secret')).toBe(1);
      await subscription.until(() => subscription.messages().length === 1);
      client.close();
      await withClient(port, async (plain) => {
        expect((await plain.subscribe().ended()).code).toBe(status.UNAVAILABLE);
      });
    });
  });

  test('loads a new certificate without a restart and keeps its connections', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'chat-server-'));
    const options = { tls: { kind: 'self-signed' }, dataDirectory: directory } as const;
    await withServer(options, async (server) => {
      const { port, fingerprint } = server;
      const before = await tlsSocket(port);
      await unlink(join(directory, 'self-signed.pem'));
      await server.reloadCertificates();
      const newer = await fingerprintAt(port);
      expect(newer).not.toBe(fingerprint);
      expect(before.destroyed).toBe(false);
      before.destroy();
      await server.reloadCertificates();
      expect(await fingerprintAt(port)).toBe(newer);
    });
    await rm(directory, { recursive: true });
  });

  test('no longer counts a connection that has closed', async () => {
    await withServer({ tls: { kind: 'self-signed' }, maxConnections: 1 }, async ({ port }) => {
      for (let number = 0; number < 3; number++) {
        for (let isAccepted = false; !isAccepted;) {
          const socket = connectTls({ port, rejectUnauthorized: false, ALPNProtocols: ['h2'] });
          isAccepted = await Promise.race([
            once(socket, 'secureConnect').then(() => true),
            once(socket, 'error').then(() => false),
          ]);
          socket.destroy();
        }
      }
    });
  });
});

describe('metrics', () => {
  test('are served on loopback', async () => {
    await withServer({ metricsPort: 0 }, async ({ port, metricsPort }) => {
      await withClient(port, async (client) => {
        const subscription = client.subscribe();
        await subscription.opened();
        await client.sendText('counted');
        await subscription.until(() => subscription.messages().length === 1);
        await client.sendText('').catch(() => undefined);
        const response = await fetch(`http://127.0.0.1:${metricsPort ?? 0}/metrics`);
        const text = await response.text();
        expect(text).toMatch(/^chat_connections 1$/m);
        expect(text).toMatch(/^chat_subscribers 1$/m);
        expect(text).toMatch(/^chat_subscriber_lag_messages 0$/m);
        expect(text).toMatch(/^chat_messages_delivered_total 1$/m);
        expect(text).toMatch(/^chat_commit_seconds_count 1$/m);
        expect(text).toMatch(/^chat_calls_refused_total\{reason="message-refused"\} 1$/m);
        expect(text).toMatch(/^process_cpu_seconds_total /m);
        expect((await fetch(`http://127.0.0.1:${metricsPort ?? 0}/other`)).status).toBe(404);
      });
    });
  });
});
