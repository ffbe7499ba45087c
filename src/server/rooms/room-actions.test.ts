import { expect, test } from '@jest/globals';
import { manualClock } from '../../../test/support/manual-clock.js';
import { messageKind, roomType, type Participant } from '../../shared/message.js';
import { accountNames } from '../accounts/account-names.js';
import { createMemoryLog } from '../logs/memory-log.js';
import { createFoldedLog } from './folded-log.js';
import { createRoomActions } from './room-actions.js';
import { createRooms } from './room-state.js';

const user = (name: string): Participant => ({ account: `id of ${name}`, name });
const [ann, bob, carl] = [user('ann'), user('bob'), user('carl')];
const names = accountNames({
  initialised: true,
  accounts: [ann, bob, carl].map(({ account, name }) => ({
    ...{ id: account, name, credentialVersion: '', passwordHash: '' },
  })),
  formerAccounts: [],
});

/** The log folds an entry when it answers: what is appended in the same turn races. */
function started() {
  const clock = manualClock();
  const log = createFoldedLog(createMemoryLog({ clock }), createRooms(), clock);
  const kinds: number[] = [];
  const onAppended = (_milliseconds: number, kind: number): void => void kinds.push(kind);
  return { log, kinds, actions: createRoomActions({ log, names: () => names, clock, onAppended }) };
}

const newRoom = (name: string, type: number) => ({ name, type, topic: '', past: 0, members: [], id: '' });

test('a direct room that two users start at the same moment is one room', async () => {
  const { log, actions } = started();
  const [first, second] = await Promise.all([actions.direct(ann, ['bob']), actions.direct(bob, ['ann'])]);
  expect(second.number).toBe(first.number);
  expect(log.rooms.isVoid(2)).toBe(true);
});

test('of two rooms with one name that are created at the same moment, the second is rejected', async () => {
  const { log, actions } = started();
  const created = actions.create(ann, newRoom('room', roomType.open));
  const late = actions.create(bob, newRoom('room', roomType.closed));
  await expect(late).rejects.toMatchObject({
    code: 'already-exists',
    message: 'there is already a room named room',
  });
  expect(log.rooms.named('room')?.number).toBe((await created).number);
});

test('joining, inviting and leaving twice at the same moment succeeds', async () => {
  const { log, actions, kinds } = started();
  const { number } = await actions.create(ann, newRoom('room', roomType.open));
  const invite = { room: number, name: 'bob' };
  const ref = { number, name: '' };
  await Promise.all([actions.join(bob, ref), actions.invite(ann, invite), actions.join(bob, ref)]);
  expect([...(log.rooms.get(number)?.members.keys() ?? [])]).toEqual([ann.account, bob.account]);
  await Promise.all([actions.leave(bob, ref), actions.leave(bob, ref)]);
  expect([...(log.rooms.get(number)?.members.keys() ?? [])]).toEqual([ann.account]);
  expect(kinds).toEqual([messageKind.room, messageKind.member, messageKind.member]);
});

test('a request that breaks a rule is rejected before anything is stored', async () => {
  const { log, actions } = started();
  const { number } = await actions.create(ann, newRoom('room', roomType.closed));
  const { number: open } = await actions.create(ann, newRoom('open', roomType.open));
  const head = log.head();
  const requests = [
    actions.create(bob, newRoom('room', roomType.open)),
    actions.create(bob, newRoom('Bad', roomType.open)),
    actions.update(carl, { room: open, topic: 'topic' }),
    actions.update(ann, { room: number, name: 'open' }),
    actions.join(bob, { number, name: '' }),
    actions.invite(bob, { room: open, name: 'carl' }),
    actions.remove(ann, { room: number, name: 'carl' }),
  ];
  for (const request of await Promise.allSettled(requests)) expect(request.status).toBe('rejected');
  expect(log.head()).toBe(head);
});
