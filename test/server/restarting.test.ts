import { status } from '@grpc/grpc-js';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { startServer } from '../../src/server/app/start-server.js';
import { loginMetadata, textDraft } from './test-client.js';
import { testOptions, withServerAndClient } from './test-server.js';

let dataDirectory = '';
beforeEach(async () => {
  dataDirectory = await mkdtemp(join(tmpdir(), 'chat-server-'));
});
afterEach(() => rm(dataDirectory, { recursive: true }));

test('messages, ids and the log id survive a restart', async () => {
  const options = { dataDirectory, store: 'embedded' } as const;
  let logId = '';
  await withServerAndClient(options, async (client) => {
    await client.sendText('one');
    await client.send(textDraft('two', { id: 'an-id' }));
    const subscription = client.subscribe();
    await subscription.until(() => subscription.messages().length === 2);
    logId = subscription.value('log-id') ?? '';
  });
  await withServerAndClient(options, async (client) => {
    const again = await client.send(textDraft('two', { id: 'an-id' }));
    expect(again.status.metadata.get('sequence')).toEqual(['2']);
    expect(await client.sendText('three')).toBe(3);
    const resumed = client.subscribe(
      loginMetadata('user1', 'qwerty', { 'log-id': logId, 'resume-after': '1' }),
    );
    await resumed.until(() => resumed.messages().length === 2);
    expect(resumed.value('resumed')).toBe('true');
    expect(resumed.texts()).toEqual(['two', 'three']);
  });
});

test('a data directory can be used by one server at a time', async () => {
  const options = { dataDirectory, store: 'embedded' } as const;
  await withServerAndClient(options, async (client) => {
    await expect(startServer({ ...testOptions, ...options })).rejects.toMatchObject({
      code: 'data-directory',
    });
    expect(await client.sendText('still here')).toBe(1);
  });
});

test('a server that fails to start releases the port and the directory', async () => {
  await expect(
    startServer({ ...testOptions, dataDirectory, store: 'embedded', host: '0.0.0.0' }),
  ).rejects.toMatchObject({ code: 'usage' });
  const options = { dataDirectory, store: 'embedded' } as const;
  await withServerAndClient(options, async (client, { port }) => {
    await expect(startServer({ ...testOptions, port, metricsPort: undefined })).rejects.toMatchObject({
      code: 'address-in-use',
    });
    expect((await client.send(textDraft('fine'))).status.code).toBe(status.OK);
  });
});
