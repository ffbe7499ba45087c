import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { ChatError } from '../../shared/errors.js';
import { decodeMessage, encodeDraft, encodeUnsequenced } from '../../shared/codec.js';
import type { Detail } from '../../shared/message.js';
import { checkMessageFields, checkPostFields } from './message-fields.js';

test('a message with every field passes', () => {
  fc.assert(
    fc.property(fc.uint8Array(), fc.string(), fc.nat(), (content, id, timestamp) => {
      const draft = { id, timestamp, type: 2, content };
      expect(() => checkMessageFields(encodeDraft(draft))).not.toThrow();
      expect(() => checkMessageFields(encodeUnsequenced({ ...draft, from: id }))).not.toThrow();
    }),
  );
});

test('a message with more than 64 fields is rejected', () => {
  const fields = (count: number) => Buffer.alloc(2 * count, Buffer.of(0x12, 0));
  expect(() => checkMessageFields(fields(64))).not.toThrow();
  expect(() => checkMessageFields(fields(65))).toThrow(expect.objectContaining({ code: 'message-refused' }));
});

test('a detail is rejected, whatever it contains and wherever it is', () => {
  const draft = { id: 'x', timestamp: 1, type: 1, content: Buffer.from('for another room') };
  const plain = encodeDraft(draft);
  const inRoom = encodeUnsequenced({ ...draft, from: 'ann', detail: { room: 7, kind: 0 } });
  for (const bytes of [inRoom, Buffer.of(0x3a, 0), Buffer.of(0x38, 7), Buffer.concat([inRoom, plain])]) {
    expect(() => checkMessageFields(bytes)).toThrow(
      expect.objectContaining({ code: 'message-refused', message: expect.stringContaining('detail') }),
    );
  }
});

test('a post may have a room and what it replies to, and nothing else of a detail', () => {
  const draft = { id: 'x', timestamp: 1, type: 1, content: Buffer.from('text') };
  const post = (detail: Detail) => encodeUnsequenced({ ...draft, from: '', detail });
  const check = (bytes: Uint8Array) => () => checkPostFields(bytes);
  const inRoom = post({ room: 2 ** 40, kind: 0, replyTo: 5 });
  for (const bytes of [encodeDraft(draft), inRoom, Buffer.of(0x3a, 0)]) expect(check(bytes)).not.toThrow();
  const members = {
    name: '',
    topic: '',
    type: 0,
    past: 0,
    members: [{ account: 'a', name: 'ann' }],
    what: 0,
  };
  const rejected = [
    post({ room: 1, kind: 4 }),
    post({ room: 1, kind: 0, account: 'another' }),
    post({ room: 1, kind: 0, roomChange: members }),
    Buffer.of(0x3a, 2, 0x0a, 0),
    Buffer.of(0x3a, 2, 0x98, 0x01),
    Buffer.of(0x3a, 5, 0x08, 1),
    Buffer.of(0x38, 7),
    Buffer.concat([inRoom, inRoom]),
    Buffer.concat([Buffer.of(0x3a, 0x84, 0x01), Buffer.alloc(132, Buffer.of(0x08, 1))]),
  ];
  for (const bytes of rejected) {
    expect(check(bytes)).toThrow(expect.objectContaining({ code: 'message-refused' }));
  }
});

test('a group, which could nest deeply, is rejected', () => {
  expect(() => checkMessageFields(Buffer.alloc(1000, 0x0b))).toThrow(ChatError);
});

test('any bytes pass or are rejected, and a decodable message without a detail passes', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 60 }), (bytes) => {
      let passes = true;
      try {
        checkMessageFields(bytes);
      } catch (error) {
        expect(error).toMatchObject({ code: 'message-refused' });
        passes = String(error).includes('detail');
      }
      if (passes) return;
      const types = [...bytes].filter((byte) => byte % 8 === 3 || byte % 8 === 4);
      if (types.length === 0) expect(() => decodeMessage(bytes)).toThrow();
    }),
    { numRuns: 300 },
  );
});
