import { Metadata, status } from '@grpc/grpc-js';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { accountFile } from '../../src/server/accounts/account-file.js';
import { addUser, removeUser } from '../../src/server/accounts/change-accounts.js';
import { emptyMessage, encodeDraft } from '../../src/shared/codec.js';
import { encodeHistoryQuery } from '../../src/shared/message-queries.js';
import { messages, simpleChat } from '../../src/shared/services.js';
import { beginCall, framed, loginHeaders, openSession, statusOf, type BareHeaders } from './http2-call.js';
import { loginMetadata, StreamRecord, textDraft } from './test-client.js';
import { withServer, withServerAndClient } from './test-server.js';

/** The status of a call whose body is never sent; undefined if it ends without one. */
async function statusBeforeBody(port: number, headers: BareHeaders): Promise<number | undefined> {
  const session = openSession(port);
  try {
    return await statusOf(beginCall(session, simpleChat.sendMessage.path, headers));
  } finally {
    session.destroy();
  }
}

describe('a login', () => {
  test('is rejected with the same text for an unknown user and a wrong password, on both calls', async () => {
    await withServerAndClient({}, async (client) => {
      const texts = new Set<string>();
      for (const metadata of [loginMetadata('nobody'), loginMetadata('user1', 'wrong')]) {
        const sent = (await client.send(textDraft('x'), metadata)).status;
        const streamed = await client.subscribe(metadata).ended();
        expect([sent.code, streamed.code]).toEqual([status.UNAUTHENTICATED, status.UNAUTHENTICATED]);
        texts.add(sent.details).add(streamed.details);
      }
      expect(texts.size).toBe(1);
    });
  });

  test('is rejected without credentials', async () => {
    await withServerAndClient({}, async (client) => {
      expect((await client.send(textDraft('x'), new Metadata())).status.code).toBe(status.UNAUTHENTICATED);
    });
  });

  test.each(Object.entries(messages))('is required by the extension %s too', async (_, method) => {
    await withServerAndClient({}, async (client) => {
      for (const metadata of [loginMetadata('user1', 'wrong'), new Metadata()]) {
        const answers = new StreamRecord(client.stream(method, emptyMessage, metadata), (bytes) => bytes);
        expect(await answers.ended()).toMatchObject({
          code: status.UNAUTHENTICATED,
          details: 'unknown user or wrong password',
        });
        expect(answers.items).toEqual([]);
        expect(Object.keys(answers.metadata?.getMap() ?? {})).not.toContain('log-id');
      }
    });
  });

  test('uses the last of repeated names, as the Qt reference server does', async () => {
    await withServerAndClient({}, async (client) => {
      const metadata = loginMetadata('user1');
      metadata.add('user-name', 'user2');
      expect((await client.send(textDraft('x'), metadata)).status.code).toBe(status.OK);
      const subscription = client.subscribe();
      await subscription.until(() => subscription.messages().length === 1);
      expect(subscription.messages()[0]?.from).toBe('user2');
    });
  });

  test('is rejected before the body of the message arrives', async () => {
    await withServer({}, async ({ port }) => {
      const headers = { 'user-name': 'user1', 'user-password': 'wrong' };
      expect(await statusBeforeBody(port, headers)).toBe(status.UNAUTHENTICATED);
    });
  });

  test('is rejected if the password is not ASCII, and the server continues', async () => {
    await withServerAndClient({}, async (client, { port }) => {
      const password = Buffer.from('pässword').toString('latin1');
      const headers = { 'user-name': 'user1', 'user-password': password };
      expect(await statusBeforeBody(port, headers)).toBe(status.UNAUTHENTICATED);
      expect(await client.sendText('still here')).toBe(1);
    });
  });

  test('is rejected if the headers are larger than 8 KiB, and the server continues', async () => {
    await withServerAndClient({}, async (client, { port }) => {
      const headers = { 'user-name': 'user1', 'user-password': 'x'.repeat(70_000) };
      expect(await statusBeforeBody(port, headers)).not.toBe(status.OK);
      expect(await client.sendText('still here')).toBe(1);
    });
  });
});

describe('a removed account', () => {
  test('loses its open streams by trailers, and no other account does', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'chat-server-'));
    const store = accountFile(directory);
    await addUser(store, { name: 'ann', password: 'a password' });
    await addUser(store, { name: 'bob', password: 'a password' });
    await withServerAndClient({ dataDirectory: directory }, async (client) => {
      const ann = client.subscribe(loginMetadata('ann', 'a password'));
      const bob = client.subscribe(loginMetadata('bob', 'a password'));
      await ann.opened();
      await bob.opened();
      await removeUser(store, 'ann');
      expect((await ann.ended()).code).toBe(status.UNAUTHENTICATED);
      // Only a call that was logged in learns why: for a new one the account does not exist.
      const later = await client.send(textDraft('x'), loginMetadata('ann', 'a password'));
      expect(later.status.details).toBe('unknown user or wrong password');
      const sent = await client.send(textDraft('still here'), loginMetadata('bob', 'a password'));
      expect(sent.status.code).toBe(status.OK);
      await bob.until(() => bob.messages().length === 1);
      expect(bob.status).toBeUndefined();
    });
    await rm(directory, { recursive: true });
  });

  test('has its incomplete requests rejected', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'chat-server-'));
    const store = accountFile(directory);
    await addUser(store, { name: 'ann', password: 'a password' });
    await addUser(store, { name: 'bob', password: 'a password' });
    await withServerAndClient({ dataDirectory: directory }, async (client, { port }) => {
      const subscription = client.subscribe(loginMetadata('ann', 'a password'));
      await subscription.opened();
      const session = openSession(port);
      const message = framed(encodeDraft(textDraft('too late')));
      const calls = [
        {
          call: beginCall(session, simpleChat.sendMessage.path, loginHeaders('ann', 'a password')),
          body: message,
        },
        {
          call: beginCall(session, messages.history.path, loginHeaders('ann', 'a password')),
          body: framed(encodeHistoryQuery({ before: 0, limit: 1 })),
        },
      ];
      const answers = calls.map(({ call }) => statusOf(call));
      // Once the ping is answered, the server has the headers of both calls.
      for (const { call, body } of calls) call.write(body.subarray(0, 3));
      const ping = new Promise((resolve) => session.ping(resolve));
      await ping;
      await removeUser(store, 'ann');
      await subscription.ended();
      for (const { call, body } of calls) call.end(body.subarray(3));
      expect(await Promise.all(answers)).toEqual([status.UNAUTHENTICATED, status.UNAUTHENTICATED]);
      session.destroy();
    });
    await rm(directory, { recursive: true });
  });
});
