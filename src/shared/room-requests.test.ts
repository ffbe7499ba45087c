import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  decodeDirectRequest,
  decodeMembersQuery,
  decodeNewRoom,
  decodeRoomAndUser,
  decodeRoomRef,
  decodeRoomsQuery,
  decodeRoomUpdate,
  encodeDirectRequest,
  encodeMembersQuery,
  encodeNewRoom,
  encodeRoomAndUser,
  encodeRoomRef,
  encodeRoomsQuery,
  encodeRoomUpdate,
} from './room-requests.js';

const text = fc.string({ unit: 'grapheme' });
const sequence = fc.integer({ min: 0, max: Number.MAX_SAFE_INTEGER });
const small = fc.integer({ min: 0, max: 2 });
const limit = fc.integer({ min: 1, max: 500 });

function expectRoundTrips<Value>(
  values: fc.Arbitrary<Value>,
  encode: (value: Value) => Uint8Array,
  decode: (bytes: Uint8Array) => unknown,
): void {
  fc.assert(fc.property(values, (value) => expect(decode(encode(value))).toEqual(value)));
}

test('requests decode to themselves', () => {
  expectRoundTrips(fc.record({ number: sequence, name: text }), encodeRoomRef, decodeRoomRef);
  expectRoundTrips(fc.record({ prefix: text, after: text, limit }), encodeRoomsQuery, decodeRoomsQuery);
  expectRoundTrips(fc.record({ room: sequence, after: text, limit }), encodeMembersQuery, decodeMembersQuery);
  const newRoom = { name: text, topic: text, type: small, past: small, members: fc.array(text), id: text };
  expectRoundTrips(fc.record(newRoom), encodeNewRoom, decodeNewRoom);
  expectRoundTrips(fc.array(text), encodeDirectRequest, decodeDirectRequest);
  const update = { room: sequence, name: text, topic: text, archived: fc.boolean() };
  expectRoundTrips(fc.record(update, { requiredKeys: ['room'] }), encodeRoomUpdate, decodeRoomUpdate);
  expectRoundTrips(fc.record({ room: sequence, name: text }), encodeRoomAndUser, decodeRoomAndUser);
});

test('any bytes decode to a request or throw message-refused', () => {
  const decoders = [
    ...[decodeRoomRef, decodeRoomsQuery, decodeMembersQuery, decodeNewRoom, decodeDirectRequest],
    ...[decodeRoomUpdate, decodeRoomAndUser],
  ];
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 40 }), fc.constantFrom(...decoders), (bytes, decode) => {
      try {
        decode(bytes);
      } catch (error) {
        expect(error).toMatchObject({ code: 'message-refused' });
      }
    }),
  );
});

test('an empty request decodes to the lobby and to the first page', () => {
  expect(decodeRoomRef(new Uint8Array(0))).toEqual({ number: 0, name: '' });
  expect(decodeRoomsQuery(new Uint8Array(0))).toEqual({ prefix: '', after: '', limit: 50 });
});
