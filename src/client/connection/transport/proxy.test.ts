import { describe, expect, test } from '@jest/globals';
import { parseAddress } from '../address.js';
import { proxyFor } from './proxy.js';

const server = parseAddress('https://chat.example.org:443');

describe('the proxy for a server', () => {
  test.each(['grpc_proxy', 'GRPC_PROXY', 'https_proxy', 'HTTPS_PROXY', 'http_proxy', 'HTTP_PROXY'])(
    'is set by %s',
    (variable) => {
      expect(proxyFor(server, { [variable]: 'http://proxy.example:3128' })).toEqual({
        host: 'proxy.example',
        port: 3128,
        tls: false,
        login: undefined,
        variable,
      });
    },
  );

  test('is set by the most specific variable that is not empty', () => {
    const env = { grpc_proxy: ' ', https_proxy: 'http://b', http_proxy: 'http://c' };
    expect(proxyFor(server, env)).toMatchObject({ host: 'b', variable: 'https_proxy' });
    expect(proxyFor(server, { ...env, grpc_proxy: 'http://a' })).toMatchObject({ host: 'a' });
    expect(proxyFor(server, {})).toBeUndefined();
  });

  test.each([
    ['proxy:3128', { host: 'proxy', port: 3128, tls: false }],
    ['http://proxy', { host: 'proxy', port: 80, tls: false }],
    ['https://proxy', { host: 'proxy', port: 443, tls: true }],
    ['http://[2001:db8::1]:8080/', { host: '2001:db8::1', port: 8080 }],
    ['http://user:p%40ss@proxy', { login: 'user:p@ss' }],
    ['http://user@proxy', { login: 'user:' }],
  ])('%s is parsed', (https_proxy, proxy) => {
    expect(proxyFor(server, { https_proxy })).toMatchObject(proxy);
  });

  test.each(['socks5://user:secret@proxy:1080', 'http://', 'http://user:%zz@proxy', 'http://proxy:99999'])(
    '%s is a usage error without the value, which may contain a password',
    (https_proxy) => {
      expect(() => proxyFor(server, { https_proxy })).toThrow(
        expect.objectContaining({ code: 'usage', message: 'https_proxy does not name an HTTP proxy' }),
      );
    },
  );

  test('is not used for this machine', () => {
    for (const text of ['localhost', '127.0.0.1', '[::1]']) {
      expect(proxyFor(parseAddress(text), { https_proxy: 'socks5://unusable' })).toBeUndefined();
    }
  });

  test('is not set by HTTP_PROXY in a CGI program, where a request could set it', () => {
    expect(proxyFor(server, { HTTP_PROXY: 'http://proxy', REQUEST_METHOD: 'GET' })).toBeUndefined();
  });
});

describe('no_proxy', () => {
  const isException = (address: string, no_proxy: string) =>
    proxyFor(parseAddress(address), { https_proxy: 'http://proxy', no_proxy }) === undefined;

  test.each(['no_grpc_proxy', 'NO_GRPC_PROXY', 'no_proxy', 'NO_PROXY'])('is read from %s', (variable) => {
    expect(proxyFor(server, { https_proxy: 'http://proxy', [variable]: 'example.org' })).toBeUndefined();
  });

  test.each([
    ['chat.example.org', '*'],
    ['chat.example.org', 'chat.example.org'],
    ['CHAT.example.org.', 'Example.ORG'],
    ['chat.example.org', 'a.example, .example.org'],
    ['chat.example.org', 'a.example *.example.org'],
    ['chat.example.org:443', 'example.org:443'],
    ['192.0.2.7', '192.0.2.7'],
    ['192.0.2.7', '192.0.2.0/24'],
    ['192.0.2.7:1', '192.0.2.7:1'],
    ['[2001:db8::1]', '2001:DB8:0::1'],
    ['[2001:db8::1]', '2001:db8::/32'],
    ['[2001:db8::1]:1', '[2001:db8::1]:1'],
  ])('excludes %s for %j', (address, list) => {
    expect(isException(address, list)).toBe(true);
  });

  test.each([
    ['chat.example.org', ''],
    ['chat.example.org', ' , .'],
    ['chat.example.org', 'ample.org'],
    ['chat.example.org', 'chat.example.org.evil'],
    ['chat.example.org:1', 'example.org:443'],
    ['192.0.2.7', '192.0.3.0/24'],
    ['192.0.2.7', '192.0.2.0/99'],
    ['192.0.2.7', '2.7'],
    ['[2001:db8::1]', '2001:db9::/32'],
  ])('does not exclude %s for %j', (address, list) => {
    expect(isException(address, list)).toBe(false);
  });
});
