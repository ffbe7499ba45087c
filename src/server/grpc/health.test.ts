import { Client, credentials } from '@grpc/grpc-js';
import { afterEach, expect, test } from '@jest/globals';
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { service } from 'grpc-health-check';
import { StreamRecord } from '../../../test/server/test-client.js';
import { manualClock } from '../../../test/support/manual-clock.js';
import { systemClock } from '../../shared/clock.js';
import { simpleChatName } from '../../shared/services.js';
import { createGrpcServer } from './grpc-server.js';
import { watchStorage } from '../messages/storage-status.js';
import { createHealth } from './health.js';

const cleanUps: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp();
});

/** Health of a log whose state the test sets, over real gRPC. */
async function served() {
  const clock = manualClock();
  const log = { problem: undefined as string | undefined, storageProblem: () => log.problem };
  const storageStatus = watchStorage(log, clock);
  const health = createHealth(storageStatus);
  const grpc = createGrpcServer({
    limits: { maxTextBytes: 1000, maxImageBytes: 1000 },
    interceptors: [],
    clock: systemClock,
    onBrokenConnection: () => undefined,
  });
  health.addTo(grpc.server);
  const listener = createServer((socket) => grpc.accept(socket)).listen(0, '127.0.0.1');
  await once(listener, 'listening');
  const client = new Client(
    `127.0.0.1:${(listener.address() as AddressInfo).port}`,
    credentials.createInsecure(),
  );
  cleanUps.push(
    () => listener.close(),
    () => grpc.close(),
    () => client.close(),
  );
  return { clock, log, storageStatus, health, client };
}

/** The states that a watcher of `name` receives. */
function watch(client: Client, name: string): StreamRecord<string> {
  const method = Object.values(service).find(({ path }) => path.endsWith('/Watch'));
  if (!method) throw new Error('no Watch');
  const { path, requestSerialize, responseDeserialize } = method;
  const stateIn = (bytes: Buffer): Buffer => {
    const response = responseDeserialize(bytes);
    return Buffer.from('status' in response ? String(response.status) : '');
  };
  const stream = client.makeServerStreamRequest(path, requestSerialize, stateIn, { service: name });
  cleanUps.push(() => stream.cancel());
  return new StreamRecord(stream, (bytes) => Buffer.from(bytes).toString());
}

test('the chat service is NOT_SERVING while the log cannot be written, and the server stays SERVING', async () => {
  const { clock, log, storageStatus, health, client } = await served();
  const chat = watch(client, simpleChatName);
  const whole = watch(client, '');
  await whole.until(() => whole.items.length === 1);
  await chat.until(() => chat.items.length === 1);
  log.problem = 'its disk is full';
  await clock.advance(1000);
  await chat.until(() => chat.items.length === 2);
  log.problem = undefined;
  await clock.advance(1000);
  await chat.until(() => chat.items.length === 3);
  health.drain();
  await chat.until(() => chat.items.length === 4);
  await whole.until(() => whole.items.length === 2);
  expect(chat.items).toEqual(['SERVING', 'NOT_SERVING', 'SERVING', 'NOT_SERVING']);
  expect(whole.items).toEqual(['SERVING', 'NOT_SERVING']);
  storageStatus.stop();
  expect(clock.pending()).toBe(0);
});
