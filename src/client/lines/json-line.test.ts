import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { anyText } from '../../../test/support/any-text.js';
import { encodeText } from '../../shared/text.js';
import { jsonLine } from './json-line.js';
import { messageLine } from './message-line.js';

const message = {
  sequence: 4711,
  id: '01JD0000000000000000000000',
  from: 'user2',
  timestamp: 1_795_338_843_123,
  type: 1,
  content: encodeText('hello'),
};
const reading = { user: 'user1', replay: false, images: 0 };
const png = Buffer.from('89504e470d0a1a0a0000000d4948445200000280000001e0', 'hex');

describe('a JSON line', () => {
  test('has the documented keys with the documented types', () => {
    const examples = [
      ...readFileSync('docs/json.md', 'utf8').matchAll(/^\{"v":1,"type":"(message|image)".*$/gm),
    ];
    expect(examples).toHaveLength(2);
    for (const [example, type] of examples) {
      const content = type === 'image' ? { type: 2, content: png } : {};
      const line = JSON.parse(jsonLine(messageLine({ ...message, ...content }, reading))) as object;
      const shape = (value: object) => Object.entries(value).map(([key, each]) => [key, typeof each]);
      expect(shape(line)).toEqual(shape(JSON.parse(example) as object));
    }
  });

  test('omits values that a server does not have', () => {
    const line = jsonLine(messageLine({ ...message, sequence: 0, id: '' }, reading));
    expect(Object.keys(JSON.parse(line) as object)).toEqual(expect.not.arrayContaining(['sequence', 'id']));
  });

  test('contains an image as base64, or the name of its file', () => {
    const image = messageLine({ ...message, type: 2, content: png }, reading);
    expect(JSON.parse(jsonLine(image))).toMatchObject({ width: 640, height: 480, bytes: 24 });
    expect(JSON.parse(jsonLine(image))).toHaveProperty('base64', png.toString('base64'));
    if (image.type !== 'image') throw new Error('it is an image');
    const saved = JSON.parse(jsonLine({ ...image, file: '/tmp/chat-1.png' })) as object;
    expect(saved).toHaveProperty('file', '/tmp/chat-1.png');
    expect(saved).not.toHaveProperty('base64');
  });

  test('recognises the reader regardless of case', () => {
    const own = messageLine({ ...message, from: 'USER1' }, reading);
    expect(JSON.parse(jsonLine(own))).toHaveProperty('self', true);
  });

  test('contains every text exactly, on one line, without control sequences', () => {
    fc.assert(
      fc.property(anyText(), (text) => {
        const line = jsonLine(messageLine({ ...message, content: encodeText(text) }, reading));
        expect(JSON.parse(line)).toHaveProperty('text', text);
        expect(line).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u);
      }),
    );
  });
});
