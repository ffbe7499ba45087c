import { Metadata, status, type MethodDefinition } from '@grpc/grpc-js';
import { load } from '@grpc/proto-loader';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { expect, test } from '@jest/globals';
import { startServer } from '../../src/server/app/start-server.js';
import { serviceNames } from '../../src/shared/services.js';
import { check, healthMethod, statusIn, withBareClient } from './health-client.js';
import { StreamRecord } from './test-client.js';
import { testOptions, withServer } from './test-server.js';

test('the health of the server and of each service is served without a login', async () => {
  await withServer({}, async ({ port }) => {
    await withBareClient(port, async (client) => {
      expect(await check(client, '')).toBe('SERVING');
      for (const name of serviceNames) expect(await check(client, name)).toBe('SERVING');
      expect(await check(client, 'something.else')).toBe('NOT_FOUND');
    });
  });
});

test('the server rejects a health request that is too long', async () => {
  await withServer({}, async ({ port }) => {
    await withBareClient(port, async (client) => {
      expect(await check(client, 'x'.repeat(5000))).toBe('RESOURCE_EXHAUSTED');
      expect(await check(client, 'x'.repeat(1000))).toBe('NOT_FOUND');
    });
  });
});

test('a health watch reports that the server stops, and the stream ends by trailers', async () => {
  const server = await startServer(testOptions);
  await withBareClient(server.port, async (client) => {
    const { path, requestSerialize, responseDeserialize } = healthMethod('watch');
    const stream = client.makeServerStreamRequest(
      path,
      requestSerialize,
      (bytes) => Buffer.from(statusIn(responseDeserialize(bytes))),
      { service: '' },
      new Metadata(),
    );
    const watched = new StreamRecord(stream, (bytes) => Buffer.from(bytes).toString());
    await watched.until(() => watched.items.length === 1);
    await server.stop();
    expect(await watched.ended()).toMatchObject({
      code: status.UNAVAILABLE,
      details: 'the server is shutting down',
    });
    expect(watched.items).toEqual(['SERVING', 'NOT_SERVING']);
  });
});

type ReflectionAnswer = {
  listServicesResponse?: { service: { name: string }[] };
  fileDescriptorResponse?: { fileDescriptorProto: Buffer[] };
};
type Reflection = MethodDefinition<object, ReflectionAnswer>;

async function reflectionMethod(version: 'v1' | 'v1alpha'): Promise<Reflection> {
  const main = createRequire(import.meta.url).resolve('@grpc/reflection');
  const includeDirs = [join(dirname(main), '..', 'proto')];
  const loaded = await load(`grpc/reflection/${version}/reflection.proto`, { includeDirs });
  const service = loaded[`grpc.reflection.${version}.ServerReflection`];
  if (!service || 'format' in service) throw new Error('no reflection service');
  const [method] = Object.values(service);
  if (!method) throw new Error('no reflection method');
  return method;
}

test.each(['v1', 'v1alpha'] as const)(
  'reflection %s describes every service without a login',
  async (version) => {
    const { path, requestSerialize, responseDeserialize } = await reflectionMethod(version);
    await withServer({}, async ({ port }) => {
      await withBareClient(port, async (client) => {
        const ask = (request: object): Promise<ReflectionAnswer> =>
          new Promise((resolve, reject) => {
            const stream = client.makeBidiStreamRequest(
              path,
              requestSerialize,
              responseDeserialize,
              new Metadata(),
            );
            stream.on('data', (answer: ReflectionAnswer) => {
              resolve(answer);
              stream.end();
            });
            stream.on('error', reject);
            stream.write(request);
          });
        const names = (await ask({ listServices: '*' })).listServicesResponse?.service.map(
          ({ name }) => name,
        );
        expect(names?.sort()).toEqual([...serviceNames].sort());
        for (const name of serviceNames) {
          const file = await ask({ fileContainingSymbol: name });
          expect(file.fileDescriptorResponse?.fileDescriptorProto.length).toBeGreaterThan(0);
        }
      });
    });
  },
);
