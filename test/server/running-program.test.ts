import { status } from '@grpc/grpc-js';
import { copyFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { once } from 'node:events';
import { connect as connectTls } from 'node:tls';
import { expect, test } from '@jest/globals';
import { runChat, startServe, temporaryFolder } from '../chat-process.js';
import { portOf } from './server-process.js';
import { loginMetadata, textDraft, withClient, type Subscription } from './test-client.js';

test('a terminated server ends its streams by trailers, keeps what it answered, and exits with 0', async () => {
  const server = await startServe(['--rate', '0']);
  await withClient(portOf(server), async (client) => {
    const subscription = client.subscribe();
    await subscription.opened();
    const answers = Array.from({ length: 100 }, (_, index) => client.send(textDraft(`${index}`)));
    await Promise.race(answers);
    server.kill('SIGTERM');
    expect(await subscription.ended()).toMatchObject({
      code: status.UNAVAILABLE,
      details: 'the server is shutting down',
    });
    expect(await server.ended).toMatchObject({ code: 0, signal: null });
    const kept = (await Promise.all(answers)).filter(({ status: { code } }) => code === status.OK).length;
    expect(kept).toBeGreaterThan(0);

    const again = await startServe([], { data: server.data });
    await withClient(portOf(again), async (reader) => {
      const read = reader.subscribe();
      await read.until(() => read.messages().length >= kept);
    });
  });
});

test('a user who is removed or gets a new password loses open streams, and no other user does', async () => {
  const data = join(temporaryFolder(), 'data');
  const users = (args: readonly string[]) =>
    runChat(['users', ...args, '--data', data], { input: 'a password\n' });
  for (const name of ['ann', 'bob', 'cleo']) {
    expect((await users(['add', name, '--password-stdin'])).code).toBe(0);
  }
  const server = await startServe([], { data });
  await withClient(portOf(server), async (client) => {
    const subscribe = async (name: string): Promise<Subscription> => {
      const subscription = client.subscribe(loginMetadata(name, 'a password'));
      await subscription.opened();
      return subscription;
    };
    const ann = await subscribe('ann');
    const bob = await subscribe('bob');
    const cleo = await subscribe('cleo');
    await users(['remove', 'ann']);
    expect((await ann.ended()).code).toBe(status.UNAUTHENTICATED);
    await users(['passwd', 'bob', '--password-stdin']);
    expect((await bob.ended()).code).toBe(status.UNAUTHENTICATED);
    const sent = await client.send(textDraft('still here'), loginMetadata('cleo', 'a password'));
    expect(sent.status.code).toBe(status.OK);
    await cleo.until(() => cleo.messages().length === 1);
    expect(cleo.status).toBeUndefined();
  });
});

test('the server loads new certificate files at SIGHUP', async () => {
  const folder = temporaryFolder();
  /** The file of a self-signed certificate contains its key too. */
  const makePem = async (name: string): Promise<string> => {
    const data = join(temporaryFolder(), 'data');
    const maker = await startServe(['--tls-self-signed'], { data });
    maker.kill('SIGTERM');
    await maker.ended;
    await copyFile(join(data, 'self-signed.pem'), join(folder, name));
    return maker.stdout().split('\n')[0]?.replace('certificate SHA256 ', '') ?? '';
  };
  const older = await makePem('in-use.pem');
  const newer = await makePem('next.pem');
  expect(newer).not.toBe(older);
  const file = join(folder, 'in-use.pem');
  const server = await startServe(['--tls-cert', file, '--tls-key', file]);
  const fingerprint = async (): Promise<string> => {
    const socket = connectTls({ port: portOf(server), rejectUnauthorized: false, ALPNProtocols: ['h2'] });
    await once(socket, 'secureConnect');
    const { fingerprint256 } = socket.getPeerCertificate();
    socket.destroy();
    return fingerprint256;
  };
  expect(await fingerprint()).toBe(older);

  await rm(file);
  server.kill('SIGHUP');
  await server.until(({ stderr }) => stderr().includes('the old one stays'));
  expect(await fingerprint()).toBe(older);

  await copyFile(join(folder, 'next.pem'), file);
  server.kill('SIGHUP');
  await server.until(({ stderr }) => stderr().includes('the certificate was read again'));
  expect(await fingerprint()).toBe(newer);
});
