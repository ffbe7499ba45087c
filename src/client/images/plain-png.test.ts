import { expect, test } from '@jest/globals';
import { loadSharp } from './sharp-settings.js';
import { plainPng as limitedPlainPng } from './plain-png.js';

const plainPng = (bytes: Uint8Array) => limitedPlainPng(bytes, 1_000_000);

async function png(): Promise<Buffer> {
  const sharp = await loadSharp();
  return sharp({ create: { width: 8, height: 8, channels: 4, background: 'teal' } })
    .png()
    .toBuffer();
}

/** A chunk with a checksum of 0: nothing here reads checksums. */
function chunk(type: string, data: string): Buffer {
  const bytes = Buffer.from(`\0\0\0\0${type}${data}\0\0\0\0`, 'latin1');
  bytes.writeUInt32BE(data.length);
  return bytes;
}

/** The PNG with more chunks after its IHDR, which ends at byte 33. */
function withChunks(file: Buffer, ...chunks: Buffer[]): Buffer {
  return Buffer.concat([file.subarray(0, 33), ...chunks, file.subarray(33)]);
}

test('a PNG without metadata comes out as it went in', async () => {
  const file = await png();
  expect(plainPng(file)).toEqual(file);
});

test.each(['tEXt', 'iTXt', 'zTXt', 'tIME', 'acTL', 'caBX', 'prVt'])(
  'a %s chunk is left out and nothing else changes',
  async (type) => {
    const file = await png();
    expect(plainPng(withChunks(file, chunk(type, 'GPS 48.1 N 11.5 E')))).toEqual(file);
  },
);

test('what stands after the end is cut off', async () => {
  const file = await png();
  expect(plainPng(Buffer.concat([file, Buffer.from('<script>the cropped part</script>')]))).toEqual(file);
});

test('density and gamma stay', async () => {
  const file = withChunks(
    await png(),
    chunk('gAMA', '\0\0\xb1\x8f'),
    chunk('pHYs', '\0\0\x0b\x13\0\0\x0b\x13\x01'),
  );
  expect(plainPng(file)).toEqual(file);
});

test.each(['iCCP', 'eXIf', 'cICP'])('a PNG whose looks depend on %s must be decoded', async (type) => {
  expect(plainPng(withChunks(await png(), chunk(type, 'data')))).toBeUndefined();
});

test('a PNG that stops in the middle, or is none, is not taken for one', async () => {
  const file = await png();
  for (let length = 0; length < file.length; length++)
    expect(plainPng(file.subarray(0, length))).toBeUndefined();
  expect(plainPng(Buffer.from('hello'))).toBeUndefined();
});

test('what would be left may be exactly as large as it is allowed to be', async () => {
  const file = await png();
  const withText = withChunks(file, chunk('tEXt', 'this does not count'));
  expect(limitedPlainPng(withText, file.length)).toEqual(file);
  expect(limitedPlainPng(withText, file.length - 1)).toBeUndefined();
});
