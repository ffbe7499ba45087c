import { describe, expect, test } from '@jest/globals';
import { addressesText, parseAddresses } from './address-list.js';

describe('a list of addresses', () => {
  test('is one address, or several with commas between, as they were written', () => {
    const places = (text: string) => parseAddresses(text).map(({ host, port, tls }) => [host, port, tls]);
    expect(places('localhost')).toEqual([['localhost', 65002, false]]);
    expect(places('a.example.org, http://b.example.org:7000,[::1]:1')).toEqual([
      ['a.example.org', 65002, true],
      ['b.example.org', 7000, false],
      ['::1', 1, false],
    ]);
    expect(addressesText(parseAddresses('a, https://b:1'))).toBe('a,https://b:1');
  });

  test('has 16 at most', () => {
    const hosts = Array.from({ length: 16 }, (_, index) => `h${index}`).join(',');
    expect(parseAddresses(hosts)).toHaveLength(16);
  });

  test.each([
    ['a,,b', 'an address is missing'],
    ['a,', 'an address is missing'],
    [',', 'an address is missing'],
    ['', 'is not an address'],
    ['a,b c', '"b c" is not an address'],
    ['a,b,A:65002', 'A:65002 stands in the list of addresses twice'],
    [Array.from({ length: 17 }, (_, index) => `h${index}`).join(','), '16 at most'],
  ])('%j is a usage error', (text, problem) => {
    expect(() => parseAddresses(text)).toThrow(
      expect.objectContaining({ code: 'usage', message: expect.stringContaining(problem) }),
    );
  });
});
