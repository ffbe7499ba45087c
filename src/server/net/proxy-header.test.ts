import { isIPv6 } from 'node:net';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { addressKey } from './address-key.js';
import { maxProxyHeaderBytes, readProxyHeader } from './proxy-header.js';

const signature = Buffer.from('\r\n\r\n\0\r\nQUIT\n', 'latin1');

function binary(command: number, family: number, rest: Uint8Array, length = rest.length): Buffer {
  const fixed = Buffer.from([command, family, length >> 8, length & 0xff]);
  return Buffer.concat([signature, fixed, rest]);
}

const text = (line: string) => Buffer.from(line, 'latin1');
const port = () => fc.integer({ min: 0, max: 65_535 });

/** Headers as a load balancer writes them, each with its client address. */
const header = () =>
  fc.oneof(
    fc.tuple(fc.ipV4(), fc.ipV4(), port(), port()).map(([from, to, a, b]) => ({
      bytes: text(`PROXY TCP4 ${from} ${to} ${a} ${b}\r\n`),
      source: from,
    })),
    fc.tuple(fc.ipV6(), fc.ipV6(), port(), port()).map(([from, to, a, b]) => ({
      bytes: text(`PROXY TCP6 ${from} ${to} ${a} ${b}\r\n`),
      source: from,
    })),
    fc
      .tuple(fc.uint8Array({ minLength: 4, maxLength: 4 }), fc.uint8Array({ minLength: 8, maxLength: 300 }))
      .map(([from, rest]) => ({
        bytes: binary(0x21, 0x11, Buffer.concat([from, rest])),
        source: from.join('.'),
      })),
    fc.tuple(fc.uint8Array({ minLength: 36, maxLength: 300 })).map(([rest]) => ({
      bytes: binary(0x21, 0x21, rest),
      source: Array.from({ length: 8 }, (_, i) => Buffer.from(rest).toString('hex', 2 * i, 2 * i + 2)).join(
        ':',
      ),
    })),
    fc.uint8Array({ maxLength: 100 }).map((rest) => ({ bytes: binary(0x20, 0x00, rest), source: undefined })),
  );

describe('a PROXY header', () => {
  test('names the client and ends before the bytes of the client', () => {
    fc.assert(
      fc.property(header(), fc.uint8Array({ maxLength: 50 }), ({ bytes, source }, after) => {
        const reading = readProxyHeader(Buffer.concat([bytes, after]));
        expect(reading).toMatchObject({ length: bytes.length });
        const read = typeof reading === 'string' ? reading : reading.source;
        // The same address can be written in several ways.
        expect(read === undefined ? read : addressKey(read)).toBe(
          source === undefined ? source : addressKey(source),
        );
        if (source?.includes(':')) expect(isIPv6(read ?? '')).toBe(true);
      }),
    );
  });

  test('is incomplete when it is cut at any byte', () => {
    fc.assert(
      fc.property(header(), fc.nat(), ({ bytes }, cut) => {
        expect(readProxyHeader(bytes.subarray(0, cut % bytes.length))).toBe('incomplete');
      }),
    );
  });

  test('is never incomplete beyond its maximum length, whatever the bytes', () => {
    const begun = fc.constantFrom(Buffer.alloc(0), signature, text('PROXY '), text('PROXY TCP4 '));
    fc.assert(
      fc.property(begun, fc.uint8Array({ maxLength: 200 }), (start, rest) => {
        const reading = readProxyHeader(Buffer.concat([start, rest, Buffer.alloc(maxProxyHeaderBytes)]));
        expect(reading).not.toBe('incomplete');
        if (typeof reading !== 'string') expect(reading.length).toBeLessThanOrEqual(maxProxyHeaderBytes);
      }),
    );
  });

  test.each([
    ['PROXY UNKNOWN\r\n', 15],
    ['PROXY UNKNOWN ffff::1 whatever\r\n', 32],
  ])('%j names no client', (line, length) => {
    expect(readProxyHeader(text(line))).toEqual({ length, source: undefined });
  });

  test('of a Unix socket names no client', () => {
    expect(readProxyHeader(binary(0x21, 0x31, new Uint8Array(216)))).toEqual({
      length: 232,
      source: undefined,
    });
  });

  test.each<[string, Buffer]>([
    ['TLS', Buffer.from([0x16, 3, 1, 2, 0])],
    ['HTTP/2', text('PRI * HTTP/2.0\r\n')],
    ['a lower-case header', text('proxy TCP4 1.1.1.1 2.2.2.2 1 2\r\n')],
    ['another family', text('PROXY UDP4 1.1.1.1 2.2.2.2 1 2\r\n')],
    ['the wrong family', text('PROXY TCP4 ::1 ::1 1 2\r\n')],
    ['an address with a zone', text('PROXY TCP6 fe80::1%lo ::1 1 2\r\n')],
    ['a missing port', text('PROXY TCP4 1.1.1.1 2.2.2.2 1\r\n')],
    ['one part too many', text('PROXY TCP4 1.1.1.1 2.2.2.2 1 2 3\r\n')],
    ['a port out of range', text('PROXY TCP4 1.1.1.1 2.2.2.2 1 65536\r\n')],
    ['a signed port', text('PROXY TCP4 1.1.1.1 2.2.2.2 +1 2\r\n')],
    ['an address with leading zeros', text('PROXY TCP4 01.1.1.1 2.2.2.2 1 2\r\n')],
    ['two spaces', text('PROXY  TCP4 1.1.1.1 2.2.2.2 1 2\r\n')],
    ['a line without an end', text(`PROXY UNKNOWN ${'x'.repeat(100)}`)],
    ['another version', binary(0x11, 0x11, new Uint8Array(12))],
    ['another command', binary(0x22, 0x11, new Uint8Array(12))],
    ['datagrams', binary(0x21, 0x12, new Uint8Array(12))],
    ['addresses that are too short', binary(0x21, 0x21, new Uint8Array(12))],
    ['more extras than allowed', binary(0x21, 0x11, new Uint8Array(12), 65_535)],
  ])('%s is invalid', (_, bytes) => {
    expect(readProxyHeader(bytes)).toBe('invalid');
  });
});
