import { status } from '@grpc/grpc-js';
import { expect, test } from '@jest/globals';
import { decodeMessages, emptyMessage } from '../../src/shared/codec.js';
import { encodeHistoryQuery, encodeSearchQuery } from '../../src/shared/message-queries.js';
import { messageKind } from '../../src/shared/message.js';
import { messages } from '../../src/shared/services.js';
import { text } from '../contract/message-log.js';
import { dataWithEntries } from './data-with-messages.js';
import { loginMetadata, StreamRecord, withClient, type TestClient } from './test-client.js';
import { withServer } from './test-server.js';

const secret = 'needle of the closed room';
const inRoom = (kind: number) => text(secret, { room: 2, kind });

/** A lobby with an entry of every kind from another room before, between and after its messages. */
const entries = [
  text('first needle'),
  ...Object.values(messageKind).map(inRoom),
  text('second needle'),
  inRoom(messageKind.message),
  text('an edit of the lobby', { kind: messageKind.edit }),
];
const lobbyTexts = ['first needle', 'second needle'];

const textsIn = (bytes: Uint8Array): string[] =>
  decodeMessages(bytes).map(({ content }) => Buffer.from(content).toString());

async function served(use: (client: TestClient) => Promise<void>): Promise<void> {
  const dataDirectory = await dataWithEntries(entries);
  const options = { store: 'embedded', dataDirectory, demoUsers: true } as const;
  await withServer(options, ({ port }) => withClient(port, use));
}

test('a subscriber gets the messages of the lobby only, in the history, live and after every cursor', async () => {
  await served(async (client) => {
    const all = client.subscribe();
    await all.until(() => all.messages().length === 2);
    expect(all.texts()).toEqual(lobbyTexts);
    const logId = String(all.metadata?.get('log-id')[0]);
    await client.sendText('third');
    await all.until(() => all.messages().length === 3);
    for (let after = 0; after <= entries.length; after++) {
      const resume = { 'log-id': logId, 'resume-after': String(after) };
      const resumed = client.subscribe(loginMetadata('user2', 'qwerty', resume));
      await resumed.until(() => resumed.texts().includes('third'));
      expect([...lobbyTexts, 'third']).toEqual(expect.arrayContaining(resumed.texts()));
    }
    expect(all.texts()).toEqual([...lobbyTexts, 'third']);
  });
});

test('the head that a subscriber learns is that of the lobby', async () => {
  await served(async (client) => {
    const subscription = client.subscribe();
    await subscription.opened();
    expect(subscription.metadata?.get('head')).toEqual([String(2 + Object.keys(messageKind).length)]);
  });
});

test('a page of the history contains the messages of the lobby only, wherever it begins', async () => {
  await served(async (client) => {
    for (let place = 0; place <= entries.length + 1; place++) {
      for (const range of [{ before: place }, { before: 0, after: place }]) {
        const page = await client.history(encodeHistoryQuery({ limit: 10, ...range }));
        expect(page.status.code).toBe(status.OK);
        expect(lobbyTexts).toEqual(expect.arrayContaining(textsIn(page.response ?? emptyMessage)));
      }
    }
  });
});

test('a search finds the messages of the lobby only', async () => {
  await served(async (client) => {
    const found = async (wanted: string): Promise<string[]> => {
      const request = encodeSearchQuery({ text: wanted, before: 0, limit: 0 });
      const results = new StreamRecord(
        client.stream(messages.search, request, loginMetadata('user1')),
        textsIn,
      );
      expect((await results.ended()).code).toBe(status.OK);
      return results.items.flat();
    };
    expect(await found('needle')).toEqual(lobbyTexts.toReversed());
    expect(await found('closed room')).toEqual([]);
    expect(await found('edit of')).toEqual([]);
  });
});
