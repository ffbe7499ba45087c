import { status } from '@grpc/grpc-js';
import { describe, expect, test } from '@jest/globals';
import { encodeUnsequenced } from '../../src/shared/codec.js';
import type { Draft } from '../../src/shared/message.js';
import { qtgrpc } from '../../src/shared/generated/messages.js';
import { simpleChat } from '../../src/shared/services.js';
import { encodeText } from '../../src/shared/text.js';
import { image, loginMetadata, textDraft } from './test-client.js';
import { pngOf } from './test-png.js';
import { withServerAndClient } from './test-server.js';

describe('a sent message', () => {
  test('is answered with its sequence in the trailing metadata', async () => {
    await withServerAndClient({}, async (client) => {
      const first = await client.send(textDraft('one'));
      const second = await client.send(textDraft('two'));
      expect(first.status).toMatchObject({ code: status.OK });
      expect(first.response).toHaveLength(0);
      expect(first.status.metadata.get('sequence')).toEqual(['1']);
      expect(second.status.metadata.get('sequence')).toEqual(['2']);
    });
  });

  test('gets the author from the login, not from its own field, and keeps id, type, content and time', async () => {
    await withServerAndClient({}, async (client) => {
      const { ChatMessage } = qtgrpc.examples.chat;
      const { content } = image(pngOf(100));
      const message = {
        from: 'user2',
        sequence: 99,
        id: 'my-id',
        type: 2,
        content,
        timestamp: 1_700_000_000_000,
      };
      await client.call(simpleChat.sendMessage, ChatMessage.encode(message).finish(), loginMetadata('user1'));
      const subscription = client.subscribe();
      await subscription.until(() => subscription.messages().length === 1);
      expect(subscription.messages()).toEqual([{ ...message, from: 'user1', sequence: 1 }]);
    });
  });

  test('gets the time of the server if it has none or one too far in the future', async () => {
    await withServerAndClient({}, async (client) => {
      const before = Date.now();
      const hour = 60 * 60 * 1000;
      const minute = 60 * 1000;
      for (const timestamp of [0, before + hour, before + minute, 1]) {
        await client.send(textDraft('now', { timestamp }));
      }
      const subscription = client.subscribe();
      await subscription.until(() => subscription.messages().length === 4);
      const [none = 0, ahead = 0, near, old] = subscription.messages().map(({ timestamp }) => timestamp);
      for (const time of [none, ahead]) {
        expect(time).toBeGreaterThanOrEqual(before);
        expect(time).toBeLessThanOrEqual(Date.now());
      }
      expect(near).toBe(before + minute);
      expect(old).toBe(1);
    });
  });

  test('is appended once if the same user sends the same id again, with any content', async () => {
    await withServerAndClient({}, async (client) => {
      const first = await client.send(textDraft('first', { id: 'a' }));
      const again = await client.send(textDraft('changed', { id: 'a' }));
      const other = await client.send(textDraft('of another user', { id: 'a' }), loginMetadata('user2'));
      expect(first.status.metadata.get('sequence')).toEqual(['1']);
      expect(again.status.code).toBe(status.OK);
      expect(again.status.metadata.get('sequence')).toEqual(['1']);
      expect(other.status.metadata.get('sequence')).toEqual(['2']);
      const subscription = client.subscribe();
      await subscription.until(() => subscription.messages().length === 2);
      expect(subscription.texts()).toEqual(['first', 'of another user']);
    });
  });
});

describe('the server rejects a message', () => {
  const tooLong = 16 * 1024 + 1;
  test.each<[string, Draft, status, RegExp]>([
    ['an empty text', textDraft(''), status.INVALID_ARGUMENT, /empty/],
    ['an empty image', image(Buffer.alloc(0)), status.INVALID_ARGUMENT, /empty/],
    ['the type Unknown', textDraft('x', { type: 0 }), status.INVALID_ARGUMENT, /type 0/],
    ['another type', textDraft('x', { type: 99 }), status.INVALID_ARGUMENT, /type 99/],
    [
      'a text that is not UTF-8',
      { ...textDraft(''), content: Uint8Array.of(0xff, 0xfe) },
      status.INVALID_ARGUMENT,
      /UTF-8/,
    ],
    ['a control character', textDraft('\u001b[2J'), status.INVALID_ARGUMENT, /U\+001B/],
    ['an id with a space', textDraft('x', { id: 'a b' }), status.INVALID_ARGUMENT, /id/],
    ['an id that is too long', textDraft('x', { id: 'a'.repeat(65) }), status.INVALID_ARGUMENT, /id/],
    ['an image that is not a PNG', image(encodeText('GIF89a')), status.INVALID_ARGUMENT, /PNG/],
    ['an image of too many pixels', image(pngOf(100, 8000, 6000)), status.INVALID_ARGUMENT, /8000x6000/],
    ['a text that is too long', textDraft('x'.repeat(tooLong)), status.RESOURCE_EXHAUSTED, /16385.*16384/],
    ['an image that is too large', image(pngOf(4_194_049)), status.RESOURCE_EXHAUSTED, /4194049.*4194048/],
  ])('with %s', async (_, draft, code, details) => {
    await withServerAndClient({}, async (client) => {
      const answer = await client.send(draft);
      expect(answer.status.code).toBe(code);
      expect(answer.status.details).toMatch(details);
      expect(answer.status.details).toMatch(/^[ -~]+$/);
      expect((await client.send(textDraft('next'))).status.metadata.get('sequence')).toEqual(['1']);
    });
  });

  test('with a detail, since it may be meant for another room', async () => {
    await withServerAndClient({}, async (client) => {
      const message = { ...textDraft('not for the lobby'), from: '', detail: { room: 7, kind: 0 } };
      const answer = await client.call(
        simpleChat.sendMessage,
        encodeUnsequenced(message),
        loginMetadata('user1'),
      );
      expect(answer.status).toMatchObject({
        code: status.INVALID_ARGUMENT,
        details: expect.stringContaining('without a detail'),
      });
      expect((await client.send(textDraft('next'))).status.metadata.get('sequence')).toEqual(['1']);
    });
  });

  test('that is not protobuf', async () => {
    await withServerAndClient({}, async (client) => {
      const answer = await client.call(
        simpleChat.sendMessage,
        Uint8Array.of(0x12, 0xff),
        loginMetadata('user1'),
      );
      expect(answer.status).toMatchObject({
        code: status.INVALID_ARGUMENT,
        details: expect.stringMatching(/protobuf/),
      });
    });
  });

  test('over the configured limits', async () => {
    await withServerAndClient({ limits: { maxTextBytes: 10, maxImageBytes: 200 } }, async (client) => {
      const text = await client.send(textDraft('x'.repeat(11)));
      const tooLarge = await client.send(image(pngOf(201)));
      expect(text.status).toMatchObject({
        code: status.RESOURCE_EXHAUSTED,
        details: expect.stringMatching(/11.*10/),
      });
      expect(tooLarge.status).toMatchObject({
        code: status.RESOURCE_EXHAUSTED,
        details: expect.stringMatching(/201.*200/),
      });
    });
  });

  test('that is far too large before reading it as a whole', async () => {
    await withServerAndClient({}, async (client) => {
      const answer = await client.send(image(pngOf(8_100_000)));
      expect(answer.status).toMatchObject({
        code: status.RESOURCE_EXHAUSTED,
        details: expect.stringMatching(/the message has 81\d+ bytes, the limit is 4259584/),
      });
    });
  });
});

describe('the rate limit', () => {
  test('allows a user a burst, and says when to try again', async () => {
    await withServerAndClient({ maxMessagesPerSecond: 1 }, async (client) => {
      const answers = [];
      for (let sent = 0; sent < 6; sent++) answers.push(await client.send(textDraft(`${sent}`)));
      const refused = answers.at(-1)?.status;
      expect(answers.slice(0, 5).map(({ status: { code } }) => code)).toEqual(Array(5).fill(status.OK));
      expect(refused?.code).toBe(status.RESOURCE_EXHAUSTED);
      const retryAfter = Number(refused?.metadata.get('retry-after-ms')[0]);
      expect(retryAfter).toBeGreaterThan(0);
      expect(retryAfter).toBeLessThanOrEqual(1000);
      expect((await client.send(textDraft('mine'), loginMetadata('user2'))).status.code).toBe(status.OK);
    });
  });

  test('counts every call of the user, including a duplicate message', async () => {
    await withServerAndClient({ maxMessagesPerSecond: 1 }, async (client) => {
      await client.send(textDraft('again', { id: 'a' }));
      for (let calls = 0; calls < 2; calls++) await client.history(new Uint8Array(0));
      const subscription = client.subscribe();
      await subscription.opened();
      expect((await client.send(textDraft('again', { id: 'a' }))).status.code).toBe(status.OK);
      expect((await client.history(new Uint8Array(0))).status.code).toBe(status.RESOURCE_EXHAUSTED);
      const refused = await client.subscribe().ended();
      expect(refused.code).toBe(status.RESOURCE_EXHAUSTED);
      expect(refused.metadata.get('retry-after-ms')).toHaveLength(1);
    });
  });
});
