import { expect, test } from '@jest/globals';
import { manualClock } from '../../../test/support/manual-clock.js';
import { decodeMessages, encodeUnsequenced } from '../../shared/codec.js';
import { contentType, memberChange, messageKind, roomType, type MemberChange } from '../../shared/message.js';
import { defaultLimits } from '../../shared/message-rules.js';
import { encodeText } from '../../shared/text.js';
import { accountNames } from '../accounts/account-names.js';
import { createMemoryLog } from '../logs/memory-log.js';
import { createPostMessage } from '../messages/post-message.js';
import { createFoldedLog } from './folded-log.js';
import { createRoomActions } from './room-actions.js';
import { createPostToRoom } from './room-posts.js';
import { createRooms } from './room-state.js';

const [ann, bob] = [
  { account: 'id of ann', name: 'ann' },
  { account: 'id of bob', name: 'bob' },
] as const;
const names = accountNames({
  initialised: true,
  accounts: [ann, bob].map(({ account, name }) => ({
    ...{ id: account, name, credentialVersion: '', passwordHash: '' },
  })),
  formerAccounts: [],
});

let drafts = 0;
const draft = (timestamp: number) => ({
  ...{ id: `draft-${++drafts}`, timestamp, type: contentType.text, content: encodeText('text') },
});

async function openRooms() {
  const clock = manualClock();
  const log = createFoldedLog(createMemoryLog({ clock }), createRooms(), clock);
  const kinds: number[] = [];
  const onAppended = (_milliseconds: number, kind: number): void => void kinds.push(kind);
  const toLobby = createPostMessage({ log, limits: defaultLimits, clock, onAppended });
  const sent: [account: string, room: number, sequence: number][] = [];
  const post = createPostToRoom(
    log,
    toLobby,
    () => names,
    (...message) => void sent.push(message),
  );
  const actions = createRoomActions({ log, names: () => names, clock, onAppended });
  const request = { name: 'room', topic: '', type: roomType.closed, past: 0, members: ['bob'], id: '' };
  const room = (await actions.create(ann, request)).number;
  const stored = async () => (await log.read(0, Infinity)).flatMap(({ bytes }) => decodeMessages(bytes));
  /** By ann, of bob. */
  const moderate = async (change: Pick<MemberChange, 'what' | 'until'>): Promise<void> => {
    const placement = { room, kind: messageKind.member };
    const detail = { ...placement, account: ann.account, memberChange: { ...bob, role: 0, ...change } };
    const content = { type: contentType.unknown, content: encodeText('') };
    const message = encodeUnsequenced({ ...content, id: '', from: 'ann', timestamp: clock.now(), detail });
    await log.append({ ...placement, author: 'ann', id: '', message: () => message });
  };
  return { clock, log, room, stored, moderate, kinds, post, sent };
}

test('a post is stored with the name and the account of its author, and with its room', async () => {
  const { room, stored, post, kinds } = await openRooms();
  const text = draft(1);
  const { sequence } = await post(bob, text, { room, replyTo: 0 });
  const detail = { room, kind: messageKind.message, account: bob.account };
  expect((await stored()).at(-1)).toEqual({ ...text, sequence, from: 'bob', detail });
  await post(ann, draft(1), { room, replyTo: sequence });
  expect((await stored()).at(-1)?.detail).toEqual({ ...detail, account: ann.account, replyTo: sequence });
  await post(ann, draft(1), { room: 0, replyTo: 0 });
  expect((await stored()).at(-1)).not.toHaveProperty('detail');
  expect(kinds).toEqual([messageKind.room, messageKind.message, messageKind.message, messageKind.message]);
});

test('the time of a post is never ahead of the clock', async () => {
  const { room, clock, stored, post } = await openRooms();
  const now = clock.now();
  for (const time of [0, 1, now, now + 1]) await post(bob, draft(time), { room, replyTo: 0 });
  expect((await stored()).slice(-4).map(({ timestamp }) => timestamp)).toEqual([now, 1, now, now]);
});

test('a muted member is rejected until the time has come, whatever time the message claims', async () => {
  const { room, clock, moderate, post, log } = await openRooms();
  await moderate({ what: memberChange.muted, until: clock.now() + 60_000 });
  const head = log.head();
  for (const time of [0, 1, clock.now() + 120_000])
    await expect(post(bob, draft(time), { room, replyTo: 0 })).rejects.toMatchObject({
      code: 'not-permitted',
      message: expect.stringMatching(/^you are muted in this room until /),
    });
  expect(log.head()).toBe(head);
  await clock.advance(60_000);
  await post(bob, draft(0), { room, replyTo: 0 });
});

test('a post that the log places after the removal of its author is rejected and seen by no one', async () => {
  const { room, moderate, post, log, stored } = await openRooms();
  const text = draft(1);
  const removed = moderate({ what: memberChange.removed, until: 0 });
  const posted = post(bob, text, { room, replyTo: 0 });
  await expect(posted).rejects.toMatchObject({ code: 'no-such-room', message: 'no such room' });
  await removed;
  expect((await stored()).map(({ id }) => id)).not.toContain(text.id);
  await expect(post(bob, text, { room, replyTo: 0 })).rejects.toMatchObject({ code: 'no-such-room' });
  expect(log.rooms.get(room)?.newest).toBe(0);
});
