import { status } from '@grpc/grpc-js';
import { describe, expect, test } from '@jest/globals';
import { decodeMessages, emptyMessage } from '../../src/shared/codec.js';
import {
  encodeGetQuery,
  encodeHistoryQuery,
  encodeSearchQuery,
  type SearchQuery,
} from '../../src/shared/message-queries.js';
import { contentType, type Message } from '../../src/shared/message.js';
import { messages, presence } from '../../src/shared/services.js';
import { presenceUpdate } from '../support/presence-updates.js';
import { dataWithMessages } from './data-with-messages.js';
import { online } from './online.js';
import { image, loginMetadata, StreamRecord, textDraft, withClient, type TestClient } from './test-client.js';
import { pngOf } from './test-png.js';
import { withServer, withServerAndClient } from './test-server.js';

function sequencesIn(response: Uint8Array | undefined): number[] {
  return decodeMessages(response ?? emptyMessage).map(({ sequence }) => sequence);
}

function search(client: TestClient, query: Partial<SearchQuery>): StreamRecord<Message[]> {
  const request = encodeSearchQuery({ text: '', before: 0, limit: 0, ...query });
  const stream = client.stream(messages.search, request, loginMetadata('user1'));
  return new StreamRecord(stream, decodeMessages);
}

async function foundBy(client: TestClient, query: Partial<SearchQuery>): Promise<string[]> {
  const results = search(client, query);
  expect((await results.ended()).code).toBe(status.OK);
  return results.items.flat().map(({ content }) => Buffer.from(content).toString());
}

describe('history', () => {
  test('returns pages, newest first, each before the last one', async () => {
    await withServerAndClient({}, async (client) => {
      for (let number = 1; number <= 7; number++) await client.sendText(`${number}`);
      const newest = await client.history(encodeHistoryQuery({ before: 0, limit: 3 }));
      expect(sequencesIn(newest.response)).toEqual([7, 6, 5]);
      const next = await client.history(encodeHistoryQuery({ before: 5, limit: 3 }));
      expect(sequencesIn(next.response)).toEqual([4, 3, 2]);
      const last = await client.history(encodeHistoryQuery({ before: 2, limit: 3 }));
      expect(sequencesIn(last.response)).toEqual([1]);
      const none = await client.history(encodeHistoryQuery({ before: 1, limit: 3 }));
      expect(none.status.code).toBe(status.OK);
      expect(sequencesIn(none.response)).toEqual([]);
    });
  });

  test('returns the page after a sequence, newest first, and after 0 the oldest page', async () => {
    await withServerAndClient({}, async (client) => {
      for (let number = 1; number <= 7; number++) await client.sendText(`${number}`);
      const pageAfter = async (after: number) =>
        sequencesIn((await client.history(encodeHistoryQuery({ before: 0, limit: 3, after }))).response);
      expect(await pageAfter(0)).toEqual([3, 2, 1]);
      expect(await pageAfter(3)).toEqual([6, 5, 4]);
      expect(await pageAfter(6)).toEqual([7]);
      expect(await pageAfter(7)).toEqual([]);
      const both = await client.history(encodeHistoryQuery({ before: 5, limit: 3, after: 1 }));
      expect(both.status.code).toBe(status.INVALID_ARGUMENT);
    });
  });

  test('returns 50 messages by default and never more than 500', async () => {
    const dataDirectory = await dataWithMessages(Array.from({ length: 510 }, (_, index) => `${index}`));
    await withServerAndClient({ store: 'embedded', dataDirectory }, async (client) => {
      const byDefault = await client.history(encodeHistoryQuery({ before: 0, limit: 0 }));
      expect(sequencesIn(byDefault.response)).toHaveLength(50);
      const most = await client.history(encodeHistoryQuery({ before: 0, limit: 100_000 }));
      expect(sequencesIn(most.response)).toHaveLength(500);
    });
  });

  test('returns fewer messages where a page would exceed 4 MiB', async () => {
    await withServerAndClient({}, async (client) => {
      for (let count = 0; count < 3; count++) {
        await client.send({ ...textDraft(''), type: contentType.image, content: pngOf(2_000_000) });
      }
      const page = await client.history(encodeHistoryQuery({ before: 0, limit: 10 }));
      expect(page.status.code).toBe(status.OK);
      expect(sequencesIn(page.response)).toEqual([3, 2]);
      const oldest = await client.history(encodeHistoryQuery({ before: 0, limit: 10, after: 0 }));
      expect(sequencesIn(oldest.response)).toEqual([2, 1]);
    });
  });

  test('of a room that does not exist is not found', async () => {
    await withServerAndClient({}, async (client) => {
      const { status: answer } = await client.history(encodeHistoryQuery({ room: 7 }));
      expect(answer).toMatchObject({ code: status.NOT_FOUND, details: 'no such room' });
    });
  });

  test('rejects a request that is not protobuf', async () => {
    await withServerAndClient({}, async (client) => {
      expect((await client.history(Uint8Array.of(0x08))).status.code).toBe(status.INVALID_ARGUMENT);
    });
  });
});

describe('get', () => {
  const get = (client: TestClient, sequences: readonly number[]) =>
    client.call(messages.get, encodeGetQuery(sequences), loginMetadata('user1'));

  test('returns the messages that exist, in their order', async () => {
    await withServerAndClient({}, async (client) => {
      for (let number = 1; number <= 5; number++) await client.sendText(`${number}`);
      const { response } = await get(client, [4, 1, 99, 0, 5]);
      expect(sequencesIn(response)).toEqual([1, 4, 5]);
      expect(sequencesIn((await get(client, [])).response)).toEqual([]);
    });
  });

  test('returns fewer messages where the answer would exceed 4 MiB', async () => {
    await withServerAndClient({}, async (client) => {
      for (let count = 0; count < 3; count++) await client.send(image(pngOf(2_000_000)));
      expect(sequencesIn((await get(client, [1, 2, 3])).response)).toEqual([1, 2]);
    });
  });

  test('rejects more than 100 sequences', async () => {
    await withServerAndClient({}, async (client) => {
      const hundred = Array.from({ length: 100 }, (_, index) => 2 ** 40 + index);
      expect((await get(client, hundred)).status.code).toBe(status.OK);
      expect((await get(client, [1, ...hundred])).status.code).toBe(status.INVALID_ARGUMENT);
    });
  });
});

describe('search', () => {
  test('finds part of a text in any case and script, newest first, and no images', async () => {
    await withServerAndClient({}, async (client) => {
      for (const text of ['Die ÜBUNG ruft', 'nothing', 'Привет', 'übungen']) await client.sendText(text);
      const content = Buffer.concat([pngOf(64), Buffer.from('übung')]);
      await client.send({ ...textDraft(''), type: contentType.image, content });
      expect(await foundBy(client, { text: 'Übung' })).toEqual(['übungen', 'Die ÜBUNG ruft']);
      expect(await foundBy(client, { text: 'ПРИВЕТ' })).toEqual(['Привет']);
      expect(await foundBy(client, { text: 'absent' })).toEqual([]);
    });
  });

  test('returns at most the requested number of messages, older than the given sequence', async () => {
    await withServerAndClient({}, async (client) => {
      for (let number = 1; number <= 6; number++) await client.sendText(`text ${number}`);
      expect(await foundBy(client, { text: 'text', limit: 2 })).toEqual(['text 6', 'text 5']);
      expect(await foundBy(client, { text: 'text', limit: 2, before: 3 })).toEqual(['text 2', 'text 1']);
    });
  });

  test('finds messages of one user in the rooms that it names', async () => {
    await withServerAndClient({}, async (client) => {
      await client.sendText('by one');
      await client.sendText('by two', 'user2');
      expect(await foundBy(client, { text: 'by', from: 'USER2' })).toEqual(['by two']);
      expect(await foundBy(client, { text: 'by', rooms: [0] })).toEqual(['by two', 'by one']);
      const answer = await search(client, { text: 'by', rooms: [0, 7] }).ended();
      expect(answer).toMatchObject({ code: status.NOT_FOUND, details: 'no such room' });
    });
  });

  test('finds a message many pages back', async () => {
    const dataDirectory = await dataWithMessages(['the needle', ...Array<string>(1500).fill('hay')]);
    await withServerAndClient({ store: 'embedded', dataDirectory }, async (client) => {
      expect(await foundBy(client, { text: 'needle' })).toEqual(['the needle']);
    });
  });

  test('rejects an empty text, and more than 100 rooms', async () => {
    await withServerAndClient({}, async (client) => {
      const rooms = Array<number>(101).fill(0);
      expect((await search(client, { text: 'x', rooms }).ended()).code).toBe(status.INVALID_ARGUMENT);
      expect((await search(client, { text: '' }).ended()).code).toBe(status.INVALID_ARGUMENT);
    });
  });

  test('answers more searches than run in parallel', async () => {
    await withServerAndClient({}, async (client) => {
      await client.sendText('found');
      const answers = await Promise.all(Array.from({ length: 10 }, () => foundBy(client, { text: 'found' })));
      expect(answers).toEqual(Array(10).fill(['found']));
    });
  });
});

describe('watch', () => {
  test('reports the users with an open stream, each once, and then who comes and goes', async () => {
    await withServer({}, async ({ port }) => {
      await withClient(port, async (client) => {
        const none = online(client);
        await none.until(() => none.items.length === 1);
        expect(none.items).toEqual([[]]);
        const subscriptions = [
          client.subscribe(loginMetadata('user2')),
          client.subscribe(loginMetadata('user1')),
          client.subscribe(loginMetadata('user2')),
        ];
        await Promise.all(subscriptions.map((subscription) => subscription.opened()));
        const stream = client.stream(presence.watch, emptyMessage, loginMetadata('user1'));
        const both = new StreamRecord(stream, presenceUpdate);
        await both.until(() => both.items.length === 1);
        subscriptions[1]?.stream.cancel();
        await both.until(() => both.items.length === 2);
        expect(both.items).toMatchObject([
          { first: true, online: ['user1', 'user2'], offline: [] },
          { first: false, online: [], offline: ['user1'] },
        ]);
        await none.until(() => none.items.at(-1)?.join() === 'user2');
      });
    });
  });
});
