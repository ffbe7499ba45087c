import { describe, expect, test } from '@jest/globals';
import { hostAndPort, parseAddress, addressesText, parseAddresses } from './address.js';

describe('an address', () => {
  test.each([
    ['localhost', 'localhost', 65002, false],
    ['LOCALHOST:1', 'LOCALHOST', 1, false],
    ['chat.localhost', 'chat.localhost', 65002, false],
    ['127.0.0.1:7000', '127.0.0.1', 7000, false],
    ['127.9.9.9', '127.9.9.9', 65002, false],
    ['[::1]:7000', '::1', 7000, false],
    ['::1', '::1', 65002, false],
    ['[2001:db8::1]', '2001:db8::1', 65002, true],
    ['chat.example.org', 'chat.example.org', 65002, true],
    ['chat.example.org:443', 'chat.example.org', 443, true],
    ['10.0.0.1', '10.0.0.1', 65002, true],
    ['http://chat.example.org', 'chat.example.org', 65002, false],
    ['https://localhost:7000', 'localhost', 7000, true],
    ['HTTPS://[::1]/', '::1', 65002, true],
    ['bücher.example:443', 'xn--bcher-kva.example', 443, true],
    ['https://例え.テスト', 'xn--r8jz45g.xn--zckzah', 65002, true],
    ['１２７.0.0.1:7000', '127.0.0.1', 7000, false],
    ['127.example.org', '127.example.org', 65002, true],
  ])('%s means host %s, port %d, TLS %s', (text, host, port, tls) => {
    expect(parseAddress(text)).toEqual({ text, host, port, tls });
  });

  test.each([
    '',
    ':65002',
    'host:',
    'host:0',
    'host:65536',
    'host:port',
    'a b',
    'user@host',
    'ftp://host',
    'http://host/path',
    '[host]',
    '[::1',
    '1.2.3',
    '300.1.1.1',
    '-host',
    'ho\u001bst',
    'host\n',
    'x'.repeat(300),
    'ü'.repeat(300),
    'bü cher.example',
    'bücher..example:\u202e1',
    '\u00ad',
  ])('%j is a usage error', (text) => {
    expect(() => parseAddress(text)).toThrow(expect.objectContaining({ code: 'usage' }));
  });

  test.each(['http://[fe80::1%eth0]:65002', '[fe80::1%25eth0]', 'fe80::1%eth0'])(
    '%s is rejected because it has a zone',
    (text) => {
      expect(() => parseAddress(text)).toThrow(
        expect.objectContaining({ code: 'usage', message: expect.stringContaining('has a zone') }),
      );
    },
  );

  test('is named with brackets around IPv6', () => {
    expect(hostAndPort(parseAddress('::1'))).toBe('[::1]:65002');
    expect(hostAndPort(parseAddress('https://example.org:1'))).toBe('example.org:1');
  });
});

describe('a list of addresses', () => {
  test('is one address, or several separated by commas, in the given order', () => {
    const places = (text: string) => parseAddresses(text).map(({ host, port, tls }) => [host, port, tls]);
    expect(places('localhost')).toEqual([['localhost', 65002, false]]);
    expect(places('a.example.org, http://b.example.org:7000,[::1]:1')).toEqual([
      ['a.example.org', 65002, true],
      ['b.example.org', 7000, false],
      ['::1', 1, false],
    ]);
    expect(addressesText(parseAddresses('a, https://b:1'))).toBe('a,https://b:1');
  });

  test('has at most 16 addresses', () => {
    const hosts = Array.from({ length: 16 }, (_, index) => `h${index}`).join(',');
    expect(parseAddresses(hosts)).toHaveLength(16);
  });

  test.each([
    ['a,,b', 'an address is missing'],
    ['a,', 'an address is missing'],
    [',', 'an address is missing'],
    ['', 'is not an address'],
    ['a,b c', '"b c" is not an address'],
    ['a,b,A:65002', 'A:65002 is in the list of addresses twice'],
    [Array.from({ length: 17 }, (_, index) => `h${index}`).join(','), '16 at most'],
  ])('%j is a usage error', (text, problem) => {
    expect(() => parseAddresses(text)).toThrow(
      expect.objectContaining({ code: 'usage', message: expect.stringContaining(problem) }),
    );
  });
});
