import { expect, test } from '@jest/globals';
import { createHash } from 'node:crypto';
import { RoomLog } from '../../../test/support/room-log.js';
import { messageKind, roomType } from '../../shared/message.js';
import { ChatError } from '../../shared/errors.js';
import { createRooms } from './room-state.js';
import { encodeRooms } from './room-state-codec.js';

function variedLog() {
  const log = new RoomLog();
  log.rooms.skipTo(2 ** 40);
  const ops = log.create('M', 'ops', { topic: 'täglich', members: 'AB', type: roomType.closed });
  const open = log.create('A', 'open');
  log.direct('AB');
  log.write('A', ops);
  log.write('C', ops);
  log.member('M', ops, 'banned', 'B', { until: Date.UTC(2027, 0, 1) });
  log.member('M', ops, 'muted', 'A');
  log.change('A', open, 'archived');
  log.add('M', ops, messageKind.delete, { target: 2 ** 40 + 4 });
  return log;
}

function withDigest(body: Uint8Array) {
  return Buffer.concat([createHash('sha256').update(body).digest().subarray(0, 8), body]);
}

test('decoding what was encoded gives the same rooms', () => {
  const { rooms } = variedLog();
  const decoded = createRooms(encodeRooms(rooms));
  expect([...decoded.all()]).toEqual([...rooms.all()]);
  expect(decoded.upTo()).toBe(rooms.upTo());
  expect([...decoded.voids()]).toEqual([2 ** 40 + 5]);
  expect([...decoded.deleted()]).toEqual([2 ** 40 + 4]);
  for (const account of 'MABC') {
    expect(decoded.of(account)).toEqual(rooms.of(account));
    expect(decoded.former(account)).toEqual(rooms.former(account));
    expect(decoded.createdBy(account)).toBe(rooms.createdBy(account));
    expect(decoded.directCreatedBy(account)).toBe(rooms.directCreatedBy(account));
  }
  expect(decoded.direct(['B', 'A'])).toEqual(rooms.direct(['A', 'B']));
  expect(decoded.named('open')).toBeUndefined();
});

test('an account id is stored once', () => {
  const log = new RoomLog();
  const account = '01JDXYZ0123456789ABCDEFGHJ';
  for (let index = 0; index < 50; index++) log.create(account, `room-${index}`);
  const text = Buffer.from(encodeRooms(log.rooms)).toString('latin1');
  expect(text.split(account)).toHaveLength(2);
});

test('damaged or truncated bytes are an error and nothing else', () => {
  const bytes = encodeRooms(variedLog().rooms);
  for (let index = 0; index < bytes.length; index++) {
    const changed = Uint8Array.from(bytes);
    changed[index] = (changed[index] ?? 0) ^ 0x11;
    expect(() => createRooms(changed)).toThrow('the saved state of the rooms is damaged');
    expect(() => createRooms(bytes.subarray(0, index))).toThrow('the saved state of the rooms is damaged');
  }
});

test('bytes with a valid digest that are not a state are the same error', () => {
  const body = encodeRooms(variedLog().rooms).subarray(8);
  for (let index = 1; index < body.length; index++) {
    expect(() => createRooms(withDigest(body.subarray(0, index)))).toThrow('is damaged');
    const changed = Uint8Array.from(body);
    changed[index] = 0xff;
    try {
      createRooms(withDigest(changed));
    } catch (error) {
      expect(error).toEqual(expect.objectContaining({ code: 'internal' }));
      expect(error).toBeInstanceOf(ChatError);
    }
  }
});

test('a state of format 1, without deleted messages, is read', () => {
  const log = new RoomLog();
  log.create('M', 'ops');
  // Ends with the number of deleted messages, and one number for each of two rooms.
  const body = encodeRooms(log.rooms).subarray(8, -3);
  const former = withDigest(Uint8Array.of(1, ...body.subarray(1)));
  expect([...createRooms(former).all()]).toEqual([...log.rooms.all()]);
  expect([...createRooms(former).deleted()]).toEqual([]);
});

test('the state of a newer version is an error of its own', () => {
  expect(() => createRooms(withDigest(Uint8Array.of(3, 0, 0, 0)))).toThrow(
    expect.objectContaining({
      code: 'data-directory',
      message: 'the saved state of the rooms has format 3, which a newer version of chat wrote',
    }),
  );
});
