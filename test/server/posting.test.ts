import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { encodeUnsequenced } from '../../src/shared/codec.js';
import { contentType, roomType, type Detail } from '../../src/shared/message.js';
import { messages } from '../../src/shared/services.js';
import { encodePost, RoomsClient } from './rooms-client.js';
import { textDraft } from './test-client.js';
import { pngOf } from './test-png.js';
import { startTestServer } from './test-server.js';

let creator: RoomsClient;
let member: RoomsClient;
let stranger: RoomsClient;
let open: number;
let closed: number;
let tests = 0;

beforeAll(async () => {
  const { port } = await startTestServer({ demoUsers: true });
  creator = new RoomsClient(port, 'user1');
  member = new RoomsClient(port, 'user2');
  stranger = new RoomsClient(port, 'user3');
});

beforeEach(async () => {
  tests++;
  open = (await creator.create(`open-${tests}`, { type: roomType.open })).number;
  closed = (await creator.create(`closed-${tests}`, { members: ['user2'] })).number;
});

afterAll(() => {
  for (const client of [creator, member, stranger]) client.close();
});

const newest = async (room: number): Promise<number> => (await creator.room({ number: room })).newest;

test('a post is answered with its id and its sequence, and is the newest message of its room', async () => {
  const posted = await member.post(closed, 'text', { id: `first-${tests}` });
  expect(posted).toEqual({ id: `first-${tests}`, sequence: posted.sequence });
  expect(await newest(closed)).toBe(posted.sequence);
  expect(await newest(open)).toBe(0);
});

test('a post to the lobby is a message like any other there', async () => {
  const subscription = stranger.subscribe();
  await subscription.opened();
  const { sequence } = await creator.post(0, `posted ${tests}`, { id: `lobby-${tests}` });
  await creator.sendText(`sent ${tests}`);
  const { items } = subscription;
  await subscription.until(() => items.flat().some(({ sequence: received }) => received > sequence));
  const [posted, sent] = items.flat().slice(-2);
  expect(posted).toEqual({ ...sent, id: `lobby-${tests}`, content: posted?.content, sequence });
  expect(posted).not.toHaveProperty('detail');
  subscription.stream.cancel();
});

test('a post needs an id, and a repeat is answered with the first sequence, whatever it contains', async () => {
  await expect(member.post(closed, 'text', { id: '' })).rejects.toThrow('INVALID_ARGUMENT the id is missing');
  const id = `repeat-${tests}`;
  const [first, second] = await Promise.all([
    member.post(closed, 'one', { id }),
    member.post(closed, 'two', { id }),
  ]);
  expect(second).toEqual(first);
  await member.leave(closed);
  expect(await member.post(closed, 'three', { id })).toEqual(first);
  expect(await member.post(2 ** 40, '', { id, replyTo: 2 ** 40 })).toEqual(first);
});

test('a reply refers to a message in the same room that the author may see', async () => {
  const before = await creator.post(closed, 'before');
  const elsewhere = await creator.post(0, 'elsewhere');
  await creator.invite(closed, 'user3');
  const after = await creator.post(closed, 'after');
  await stranger.post(closed, 'a reply', { replyTo: after.sequence });
  await member.post(closed, 'a reply', { replyTo: before.sequence });
  await stranger.post(0, 'a reply', { replyTo: elsewhere.sequence });
  for (const replyTo of [before.sequence, elsewhere.sequence, closed, 2 ** 40, after.sequence - 1]) {
    await expect(stranger.post(closed, 'a reply', { replyTo })).rejects.toThrow('NOT_FOUND no such message');
  }
  await expect(stranger.post(0, 'a reply', { replyTo: after.sequence })).rejects.toThrow(
    'NOT_FOUND no such message',
  );
});

test('only members write to an open room, and no one to an archived one', async () => {
  await expect(stranger.post(open, 'text')).rejects.toThrow(/^PERMISSION_DENIED .*join/);
  await stranger.join(open);
  await stranger.post(open, 'text');
  await creator.update({ room: open, archived: true });
  for (const user of [creator, stranger])
    await expect(user.post(open, 'text')).rejects.toThrow('FAILED_PRECONDITION this room is archived');
});

test('the content of a post has the limits of any message', async () => {
  await expect(creator.post(closed, '')).rejects.toThrow('INVALID_ARGUMENT the text is empty');
  await expect(creator.post(closed, 'a\u001b[31m')).rejects.toThrow('INVALID_ARGUMENT the text contains');
  await expect(creator.post(closed, 'x'.repeat(20_000))).rejects.toThrow('RESOURCE_EXHAUSTED the text has');
  const detail = { room: closed, kind: 0 };
  const image = {
    ...textDraft('', { id: `image-${tests}` }),
    type: contentType.image,
    content: pngOf(3_000_000),
  };
  const { status } = await creator.outcome(messages.post, encodeUnsequenced({ ...image, from: '', detail }));
  expect(status.code).toBe(0);
});

test('a post with anything but a room and a reply in its detail is rejected', async () => {
  const memberChange = { account: 'a', name: 'user3', what: 2, until: 0, role: 1 };
  const details: Detail[] = [
    { room: closed, kind: 5, memberChange },
    { room: closed, kind: 0, memberChange },
    { room: closed, kind: 1 },
    { room: closed, kind: 0, account: 'another account' },
  ];
  for (const detail of details) {
    const draft = textDraft('text', { id: `detail-${tests}` });
    const { status } = await creator.outcome(
      messages.post,
      encodeUnsequenced({ ...draft, from: 'x', detail }),
    );
    expect(status).toMatchObject({
      code: 3,
      details: 'the detail of a post has a room, a reply_to and mentions only',
    });
  }
  const twice = Buffer.concat([encodePost(closed, 'text'), encodePost(open, 'text')]);
  expect((await creator.outcome(messages.post, twice)).status.code).toBe(3);
  expect(await newest(closed)).toBe(0);
});
