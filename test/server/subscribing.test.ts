import { status } from '@grpc/grpc-js';
import { describe, expect, test } from '@jest/globals';
import { contentType } from '../../src/shared/message.js';
import { loginMetadata, textDraft, withClient, type TestClient } from './test-client.js';
import { withServer, withServerAndClient } from './test-server.js';
import { pngOf } from './test-png.js';

async function sendTexts(client: TestClient, count: number): Promise<void> {
  for (let number = 1; number <= count; number++) await client.sendText(`message ${number}`);
}

async function logIdOf(client: TestClient): Promise<string> {
  const subscription = client.subscribe();
  await subscription.opened();
  subscription.stream.cancel();
  return subscription.value('log-id') ?? '';
}

const resumed = (logId: string, after: string) =>
  loginMetadata('user1', 'qwerty', { 'log-id': logId, 'resume-after': after });

describe('a new subscriber', () => {
  test('gets an empty ChatMessages at once if there is no history', async () => {
    await withServerAndClient({}, async (client) => {
      const subscription = client.subscribe();
      await subscription.opened();
      expect(subscription.items).toEqual([[]]);
      expect(subscription.value('head')).toBe('0');
      expect(subscription.value('log-id')).toMatch(/^[!-~]{1,64}$/);
      expect(subscription.value('max-text')).toBe('16384');
      expect(subscription.value('max-image')).toBe('4194048');
      expect(subscription.value('resumed')).toBeUndefined();
    });
  });

  test('gets the history oldest first, then new messages, including its own', async () => {
    await withServerAndClient({}, async (client) => {
      await client.sendText('one');
      await client.sendText('two', 'user2');
      const subscription = client.subscribe();
      await subscription.until(() => subscription.messages().length === 2);
      await client.sendText('three');
      await subscription.until(() => subscription.messages().length === 3);
      expect(subscription.texts()).toEqual(['one', 'two', 'three']);
      expect(subscription.messages().map(({ sequence, from }) => [sequence, from])).toEqual([
        [1, 'user1'],
        [2, 'user2'],
        [3, 'user1'],
      ]);
    });
  });

  test('gets an empty ChatMessages only as the first one', async () => {
    await withServerAndClient({}, async (client) => {
      const subscription = client.subscribe();
      await subscription.opened();
      await sendTexts(client, 5);
      await subscription.until(() => subscription.messages().length === 5);
      expect(subscription.items[0]).toEqual([]);
      expect(subscription.items.slice(1).every((batch) => batch.length > 0)).toBe(true);
    });
  });

  test('gets at most the configured number of messages as history', async () => {
    await withServerAndClient({ maxHistoryMessages: 3 }, async (client) => {
      await sendTexts(client, 5);
      const subscription = client.subscribe();
      await subscription.until(() => subscription.messages().length === 3);
      expect(subscription.texts()).toEqual(['message 3', 'message 4', 'message 5']);
      expect(subscription.value('head')).toBe('5');
    });
  });

  test('gets no history if the history is disabled', async () => {
    await withServerAndClient({ maxHistoryMessages: 0 }, async (client) => {
      await sendTexts(client, 2);
      const subscription = client.subscribe();
      await subscription.opened();
      await client.sendText('live');
      await subscription.until(() => subscription.messages().length === 1);
      expect(subscription.items[0]).toEqual([]);
      expect(subscription.texts()).toEqual(['live']);
    });
  });

  test('gets at most 8 MiB of history, in messages within the limit of gRPC peers', async () => {
    await withServerAndClient({}, async (client) => {
      const image = pngOf(3_000_000);
      for (let count = 0; count < 4; count++) {
        await client.send({ ...textDraft(''), type: contentType.image, content: image });
      }
      const subscription = client.subscribe();
      await subscription.until(() => subscription.messages().at(-1)?.sequence === 4);
      expect(subscription.messages().map(({ sequence }) => sequence)).toEqual([3, 4]);
      // Each is larger than a batch, so it is sent alone.
      expect(subscription.items.map((batch) => batch.length)).toEqual([1, 1]);
    });
  });

  test('gets the same messages in the same order as the other subscribers', async () => {
    await withServer({}, async ({ port }) => {
      await withClient(port, async (first) => {
        await withClient(port, async (second) => {
          const subscriptions = [first.subscribe(), second.subscribe(loginMetadata('user2'))];
          await Promise.all(subscriptions.map((subscription) => subscription.opened()));
          const sent = Array.from({ length: 50 }, (_, index) => [
            first.sendText(`a${index}`),
            second.sendText(`b${index}`, 'user2'),
          ]);
          await Promise.all(sent.flat());
          for (const subscription of subscriptions) {
            await subscription.until(() => subscription.messages().length === 100);
            expect(subscription.messages().map(({ sequence }) => sequence)).toEqual(
              Array.from({ length: 100 }, (_, index) => index + 1),
            );
          }
          expect(subscriptions[0]?.texts()).toEqual(subscriptions[1]?.texts());
        });
      });
    });
  });
});

describe('a resumed subscriber', () => {
  test('gets all messages that it missed and no others', async () => {
    await withServerAndClient({ maxHistoryMessages: 2 }, async (client) => {
      await sendTexts(client, 10);
      const subscription = client.subscribe(resumed(await logIdOf(client), '4'));
      await subscription.until(() => subscription.messages().length === 6);
      expect(subscription.value('resumed')).toBe('true');
      expect(subscription.messages().map(({ sequence }) => sequence)).toEqual([5, 6, 7, 8, 9, 10]);
    });
  });

  test('gets the whole log with resume-after 0', async () => {
    await withServerAndClient({ maxHistoryMessages: 1 }, async (client) => {
      await sendTexts(client, 3);
      const subscription = client.subscribe(resumed(await logIdOf(client), '0'));
      await subscription.until(() => subscription.messages().length === 3);
      expect(subscription.value('resumed')).toBe('true');
    });
  });

  test('gets an empty ChatMessages at once if it missed nothing', async () => {
    await withServerAndClient({}, async (client) => {
      await sendTexts(client, 3);
      const subscription = client.subscribe(resumed(await logIdOf(client), '3'));
      await subscription.opened();
      expect(subscription.items).toEqual([[]]);
      expect(subscription.value('resumed')).toBe('true');
    });
  });

  test.each([
    ['another log', 'some-other-log', '1'],
    ['a sequence past the end', undefined, '4'],
    ['a sequence past all numbers', undefined, '18446744073709551615'],
  ])('gets the history again with %s', async (_, logId, after) => {
    await withServerAndClient({ maxHistoryMessages: 2 }, async (client) => {
      await sendTexts(client, 3);
      const subscription = client.subscribe(resumed(logId ?? (await logIdOf(client)), after));
      await subscription.until(() => subscription.messages().length === 2);
      expect(subscription.value('resumed')).toBe('false');
      expect(subscription.texts()).toEqual(['message 2', 'message 3']);
    });
  });

  test('gets the history again if that part of the log was removed', async () => {
    await withServerAndClient({ keep: { bytes: 200 }, maxHistoryMessages: 2 }, async (client) => {
      await sendTexts(client, 20);
      const subscription = client.subscribe(resumed(await logIdOf(client), '1'));
      await subscription.until(() => subscription.messages().length === 2);
      expect(subscription.value('resumed')).toBe('false');
    });
  });

  test.each([
    ['a sequence that is not a number', { 'log-id': 'log', 'resume-after': 'soon' }],
    ['a negative sequence', { 'log-id': 'log', 'resume-after': '-1' }],
    ['a log-id alone', { 'log-id': 'log' }],
    ['a sequence alone', { 'resume-after': '1' }],
  ])('is rejected with %s', async (_, metadata: Record<string, string>) => {
    await withServerAndClient({}, async (client) => {
      const subscription = client.subscribe(loginMetadata('user1', 'qwerty', metadata));
      const { code, details } = await subscription.ended();
      expect(code).toBe(status.INVALID_ARGUMENT);
      expect(details).toMatch(/resume-after/);
    });
  });
});

describe('a subscriber that does not read', () => {
  test('delays no other subscriber, and gets everything in batches when it reads again', async () => {
    await withServer({ maxHistoryMessages: 0 }, async ({ port }) => {
      await withClient(port, async (slowClient) => {
        await withClient(port, async (client) => {
          const slow = slowClient.subscribe();
          const quick = client.subscribe();
          await slow.opened();
          await quick.opened();
          slow.stream.pause();
          const text = 'x'.repeat(10_000);
          const count = 600;
          for (let sent = 0; sent < count; sent += 50) {
            await Promise.all(Array.from({ length: 50 }, () => client.sendText(text)));
          }
          await quick.until(() => quick.messages().length === count);
          slow.stream.resume();
          await slow.until(() => slow.messages().length === count);
          expect(slow.messages().map(({ sequence }) => sequence)).toEqual(
            quick.messages().map(({ sequence }) => sequence),
          );
          expect(slow.items.length).toBeLessThan(count / 2);
        });
      });
    });
  });
});
