import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { join } from 'node:path';
import { messageDigest } from '../../src/shared/message-digest.js';
import { contentType, messageKind, past, roomType, type Message } from '../../src/shared/message.js';
import { temporaryFolder } from '../chat-process.js';
import { RoomsClient } from './rooms-client.js';
import { image, loginMetadata } from './test-client.js';
import { pngOf } from './test-png.js';
import { startTestServer } from './test-server.js';

const textOf = ({ content }: Message): string => Buffer.from(content).toString();
const summary = (message: Message) => ({ sequence: message.sequence, text: textOf(message) });
const letters = Array.from({ length: 21 }, (_, index) => String.fromCodePoint(0x1f600 + index));

describe.each(['memory', 'embedded'] as const)('in a store of kind %s', (store) => {
  let port: number;
  let author: RoomsClient;
  let other: RoomsClient;
  let stranger: RoomsClient;
  let room: number;
  let rooms = 0;

  beforeAll(async () => {
    const dataDirectory = store === 'memory' ? undefined : join(temporaryFolder(), 'data');
    ({ port } = await startTestServer({ demoUsers: true, store, dataDirectory }));
    author = new RoomsClient(port, 'user1');
    other = new RoomsClient(port, 'user2');
    stranger = new RoomsClient(port, 'user3');
  });

  afterAll(() => {
    for (const client of [author, other, stranger]) client.close();
  });

  /** `other` is the moderator. */
  beforeEach(async () => {
    ({ number: room } = await other.create(`room-${++rooms}`, { members: ['user1'] }));
  });

  const current = async (sequence: number): Promise<Message | undefined> => (await author.get(sequence))[0];

  describe('an edit', () => {
    test('replaces the text in pages, in search and for everybody who reads the message', async () => {
      const { sequence } = await author.post(room, 'first text');
      await author.edit(sequence, 'second text');
      const edit = await author.edit(sequence, 'third text');
      const [message, ...others] = await other.history(room, { limit: 1 });
      expect(others).toEqual([]);
      expect(message && summary(message)).toEqual({ sequence, text: 'third text' });
      expect(message?.detail?.edited).toBeGreaterThan(1_700_000_000_000);
      expect(message?.from).toBe('user1');
      expect(edit).toBeGreaterThan(sequence);
      expect(await other.search('first text')).toEqual([]);
      expect(await other.search('second text')).toEqual([]);
      expect((await other.search('third text')).map(summary)).toEqual([{ sequence, text: 'third text' }]);
    });

    test('is by the author only, of a text only', async () => {
      const { sequence } = await author.post(room, 'mine');
      await expect(other.edit(sequence, 'yours')).rejects.toThrow(
        'PERMISSION_DENIED only its author can edit a message',
      );
      const { sequence: picture } = await author.post(room, '', {
        type: contentType.image,
        content: pngOf(100),
      });
      await expect(author.edit(picture, 'text')).rejects.toThrow(
        'PERMISSION_DENIED only texts can be edited',
      );
      await expect(author.edit(sequence, 'a\u0007b')).rejects.toThrow('INVALID_ARGUMENT the text contains');
      await expect(author.edit(sequence, '')).rejects.toThrow('INVALID_ARGUMENT the text is empty');
      await expect(author.edit(sequence, 'x'.repeat(20_000))).rejects.toThrow(
        'RESOURCE_EXHAUSTED the text has',
      );
    });

    test('that is repeated has the first sequence and changes nothing', async () => {
      const { sequence } = await author.post(room, 'text');
      const edit = await author.edit(sequence, 'one', 'same-edit');
      await author.edit(sequence, 'two');
      expect(await author.edit(sequence, 'one', 'same-edit')).toBe(edit);
      expect(textOf((await current(sequence)) ?? ({} as Message))).toBe('two');
      await expect(author.edit(sequence, 'three', '')).rejects.toThrow('INVALID_ARGUMENT the id is missing');
    });

    test('of a message that the caller cannot see is one of no message', async () => {
      const { sequence } = await author.post(room, 'text');
      for (const target of [sequence, 999_999, room, 0]) {
        for (const call of [
          stranger.edit(target, 'text'),
          stranger.delete(target),
          stranger.react(target, ['👍']),
        ])
          await expect(call).rejects.toThrow('NOT_FOUND no such message');
      }
      await expect(author.edit(room, 'text')).rejects.toThrow('NOT_FOUND no such message');
    });
  });

  describe('a deletion', () => {
    test('leaves a tombstone in pages and nothing to change or find', async () => {
      const { sequence } = await author.post(room, 'secret text');
      await author.edit(sequence, 'secret text, edited');
      await other.react(sequence, ['👍']);
      await author.delete(sequence, 'the-deletion');
      const [message] = await other.history(room, { limit: 1 });
      expect(message).toMatchObject({ sequence, from: 'user1' });
      expect(message?.content).toHaveLength(0);
      expect(message?.detail).toMatchObject({ deleted: true, room, kind: messageKind.message });
      expect(message?.detail?.reactions).toBeUndefined();
      for (const call of [
        author.edit(sequence, 'again'),
        other.react(sequence, ['👍']),
        other.delete(sequence),
      ])
        await expect(call).rejects.toThrow('NOT_FOUND this message was deleted');
      expect(await author.delete(sequence, 'the-deletion')).toBeGreaterThan(sequence);
    });

    test('is for the author and moderators', async () => {
      const { sequence: mine } = await author.post(room, 'mine');
      const { sequence: yours } = await other.post(room, 'yours');
      await expect(author.delete(yours)).rejects.toThrow(
        'PERMISSION_DENIED only its author and moderators can delete this message',
      );
      await other.delete(mine);
      expect((await current(mine))?.detail?.deleted).toBe(true);
      const { number: direct } = await author.direct('user2');
      const { sequence } = await author.post(direct, 'direct');
      await expect(other.delete(sequence)).rejects.toThrow('only its author can delete this message');
      await author.delete(sequence);
    });
  });

  describe('reactions', () => {
    test('are the last set of each user, in the order of the users', async () => {
      const { sequence } = await author.post(room, 'text');
      await author.react(sequence, ['👍', '🎉']);
      await other.react(sequence, ['👍']);
      await author.react(sequence, ['👍', '👩‍👩‍👧‍👦']);
      const reactions = [
        { emoji: '👍', names: ['user1', 'user2'], count: 2 },
        { emoji: '👩‍👩‍👧‍👦', names: ['user1'], count: 1 },
      ];
      expect((await current(sequence))?.detail?.reactions).toEqual(reactions);
      const [inPage] = await other.history(room, { limit: 1 });
      expect(inPage?.detail?.reactions).toEqual(reactions);
      await author.react(sequence, []);
      await other.react(sequence, []);
      expect((await current(sequence))?.detail?.reactions).toBeUndefined();
    });

    test('are single emoji, at most 5 of a user and 20 different ones of a message', async () => {
      const { sequence } = await author.post(room, 'text');
      for (const emoji of ['a', '', ':+1:', '👍👍', '☝', '\u0007', 'x'.repeat(1000)]) {
        await expect(author.react(sequence, [emoji])).rejects.toThrow('INVALID_ARGUMENT');
      }
      await expect(author.react(sequence, letters.slice(0, 6))).rejects.toThrow(
        'INVALID_ARGUMENT a user reacts to a message with at most 5 emoji',
      );
      const { number: open } = await other.create(`open-${rooms}`, { type: roomType.open });
      const { sequence: popular } = await other.post(open, 'popular');
      const names = ['user1', 'user2', 'user3', 'user4', 'user5'];
      const users = names.map((name) => new RoomsClient(port, name));
      for (const user of users) if (user.user !== 'user2') await user.join(open);
      const [fifth = stranger, ...others] = users.toReversed();
      for (const [index, user] of others.entries()) {
        await user.react(popular, letters.slice(index * 5, index * 5 + 5));
      }
      await expect(fifth.react(popular, [letters[20] ?? ''])).rejects.toThrow(
        'RESOURCE_EXHAUSTED a message has at most 20 different emoji',
      );
      await fifth.react(popular, [letters[0] ?? '']);
      for (const user of users) user.close();
    });
  });

  describe('streams', () => {
    test('with rooms deliver changes live and when they resume, without what was removed', async () => {
      const { upTo, logId } = await other.list();
      const live = await other.follow().opened();
      const { sequence: edited } = await author.post(room, 'before the edit');
      const { sequence: deleted } = await author.post(room, 'before the deletion');
      const edits = [await author.edit(edited, 'edit one'), await author.edit(edited, 'edit two')];
      const reaction = await author.react(edited, ['👍']);
      const deletion = await author.delete(deleted);
      const { sequence: last } = await author.post(room, 'the end');
      await live.has('the end');
      const places = (messages: readonly Message[]) =>
        messages.map(({ sequence, detail }) => [sequence, detail?.kind, detail?.target ?? 0]);
      const { edit, react, delete: deletes, message } = messageKind;
      expect(places(live.messages())).toEqual([
        [edited, message, 0],
        [deleted, message, 0],
        ...edits.map((one) => [one, edit, edited]),
        [reaction, react, edited],
        [deletion, deletes, deleted],
        [last, message, 0],
      ]);
      expect(live.messages()[4]?.detail).toMatchObject({ emoji: ['👍'] });
      live.stream.cancel();
      const resumed = other.follow({ logId, after: upTo });
      await resumed.has('the end');
      expect(resumed.value('resumed')).toBe('true');
      expect(places(resumed.messages())).toEqual([
        [edited, message, 0],
        [edits[1], edit, edited],
        [reaction, react, edited],
        [deletion, deletes, deleted],
        [last, message, 0],
      ]);
      expect(resumed.texts()).toEqual(['edit two', 'edit two', '', '', 'the end']);
      resumed.stream.cancel();
    });

    test('do not deliver the change of a message to a member who cannot see it', async () => {
      const { sequence: early } = await author.post(room, 'before');
      await other.invite(room, 'user3');
      const { upTo, logId } = await stranger.list();
      const live = await stranger.follow().opened();
      const lives = await other.follow().opened();
      await author.edit(early, 'still unseen');
      await author.react(early, ['👍']);
      const { sequence: late } = await author.post(room, 'after');
      await author.edit(late, 'seen');
      await live.has('seen');
      await lives.has('seen');
      expect(live.texts()).toEqual(['after', 'seen']);
      expect(lives.texts()).toEqual(['still unseen', '', 'after', 'seen']);
      const resumed = stranger.follow({ logId, after: upTo });
      await resumed.has('seen');
      expect(resumed.texts()).toEqual(['seen', 'seen']);
      await expect(stranger.react(early, ['👍'])).rejects.toThrow('NOT_FOUND no such message');
      for (const one of [live, lives, resumed]) one.stream.cancel();
    });

    test('without rooms send no changes, and the current form in the next history', async () => {
      const kept = await author.sendText('kept');
      const edited = await author.sendText('to be edited');
      const deleted = await author.sendText('to be deleted');
      const live = author.subscribe();
      await live.opened();
      await author.edit(edited, 'edited');
      await author.delete(deleted);
      await author.react(kept, ['👍']);
      const last = await author.sendText('last');
      await live.until(() => live.texts().includes('last'));
      const next = live.messages().slice(live.messages().findIndex(({ sequence }) => sequence === kept));
      expect(next.map(summary)).toEqual([
        { sequence: kept, text: 'kept' },
        { sequence: edited, text: 'to be edited' },
        { sequence: deleted, text: 'to be deleted' },
        { sequence: last, text: 'last' },
      ]);
      live.stream.cancel();
      const later = author.subscribe();
      await later.until(() => later.texts().includes('last'));
      const history = later.messages().slice(later.messages().findIndex(({ sequence }) => sequence === kept));
      expect(history.map(summary)).toEqual([
        { sequence: kept, text: 'kept' },
        { sequence: edited, text: 'edited' },
        { sequence: last, text: 'last' },
      ]);
      later.stream.cancel();
      const page = await author.history(0, { limit: 4 });
      expect(page.map(summary)).toEqual([
        { sequence: last, text: 'last' },
        { sequence: deleted, text: '' },
        { sequence: edited, text: 'edited' },
        { sequence: kept, text: 'kept' },
      ]);
      expect(page.at(-1)?.detail?.reactions).toHaveLength(1);
    });

    test('resume after a message that was edited or deleted since, whose digest differs', async () => {
      const { logId } = await author.list();
      for (const change of ['edit', 'delete'] as const) {
        const sequence = await author.sendText(`to ${change}`);
        const before = author.subscribe();
        await before.until(() => before.texts().includes(`to ${change}`));
        const message = before.messages().find((one) => one.sequence === sequence);
        before.stream.cancel();
        if (change === 'edit') await author.edit(sequence, 'another');
        else await author.delete(sequence);
        const digest = message ? messageDigest(message) : '';
        const cursor = { 'log-id': logId, 'resume-after': String(sequence), 'resume-digest': digest };
        const resumed = author.subscribe(cursor);
        await author.sendText(`after ${change}`);
        await resumed.until(() => resumed.texts().includes(`after ${change}`));
        expect(resumed.value('resumed')).toBe('true');
        expect(resumed.texts()).toEqual([`after ${change}`]);
        resumed.stream.cancel();
      }
    });
  });

  test('an image can be deleted', async () => {
    const { status } = await author.plain.send(image(pngOf(100)), loginMetadata('user1'));
    const sequence = Number(status.metadata.get('sequence')[0]);
    await author.delete(sequence);
    expect((await current(sequence))?.content).toHaveLength(0);
  });

  test('a room that the caller joined with all of its past can be changed from its beginning', async () => {
    const { number: all } = await other.create(`all-${rooms}`, { past: past.all });
    const { sequence } = await other.post(all, 'first');
    await other.invite(all, 'user3');
    await stranger.react(sequence, ['👍']);
    expect((await current(sequence)) ?? 'invisible').toBe('invisible');
    expect((await other.get(sequence))[0]?.detail?.reactions).toHaveLength(1);
  });
});
