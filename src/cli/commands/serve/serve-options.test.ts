import { describe, expect, test } from '@jest/globals';
import { serveDefaults, type ServeFlags } from './serve-flags.js';
import { parseServeOptions } from './serve-options.js';

const parse = (flags: Partial<ServeFlags> = {}) =>
  parseServeOptions({ ...serveDefaults, ...flags }, () => '/home/anna/.local/share/chat');

describe('the options of serve', () => {
  test('default to those of the Qt example on this machine', () => {
    expect(parse()).toEqual({
      options: {
        host: 'localhost',
        port: 65_002,
        dataDirectory: '/home/anna/.local/share/chat',
        store: 'embedded',
        maxHistoryMessages: 200,
        keep: undefined,
        limits: { maxTextBytes: 16_384, maxImageBytes: 4_194_048 },
        maxMessagesPerSecond: 20,
        maxConnections: 20_000,
        maxConnectionsPerAddress: 200,
        maxStreamsPerUser: 500,
        demoUsers: false,
        tls: { kind: 'none' },
        insecure: false,
        metricsPort: undefined,
      },
      log: { level: 'info', format: undefined },
    });
  });

  test('need no data directory with the memory store, but accept one', () => {
    expect(parse({ store: 'memory' }).options.dataDirectory).toBeUndefined();
    expect(parse({ store: 'memory', data: 'd' }).options.dataDirectory).toBe('d');
  });

  test('need a data directory with NATS only for a self-signed certificate', () => {
    expect(parse({ store: 'nats://a,b' }).options).toMatchObject({
      store: { servers: ['a:4222', 'b:4222'], stream: 'CHAT' },
      dataDirectory: undefined,
    });
    expect(parse({ store: 'nats://a', tlsSelfSigned: true }).options.dataDirectory).toBeDefined();
  });

  test('accept an IPv6 address with and without brackets', () => {
    expect(parse({ host: '[::1]' }).options.host).toBe('::1');
    expect(parse({ host: '::1' }).options.host).toBe('::1');
  });

  test('choose the source of the certificate', () => {
    expect(parse({ tlsCert: 'c.pem', tlsKey: 'k.pem' }).options.tls).toEqual({
      kind: 'files',
      certificate: 'c.pem',
      key: 'k.pem',
    });
    expect(parse({ tlsSelfSigned: true }).options.tls).toEqual({ kind: 'self-signed' });
  });

  test.each<[string, Partial<ServeFlags>]>([
    ['an invalid port', { port: '65536' }],
    ['an empty host', { host: '' }],
    ['a certificate without its key', { tlsCert: 'c.pem' }],
    ['a key without its certificate', { tlsKey: 'k.pem' }],
    ['two kinds of certificate', { tlsCert: 'c.pem', tlsKey: 'k.pem', tlsSelfSigned: true }],
    ['a certificate and --insecure', { tlsSelfSigned: true, insecure: true }],
    ['an image limit that peers refuse', { maxImage: '5MB' }],
    ['an unknown store', { store: 'tape' }],
    ['a new log in memory', { store: 'memory', newLog: true }],
    ['a new log over NATS', { store: 'nats://a', newLog: true }],
    ['an unknown log level', { logLevel: 'loud' }],
    ['no connections', { maxConnections: '0' }],
  ])('reject %s', (_, flags) => {
    expect(() => parse(flags)).toThrow(expect.objectContaining({ code: 'usage' }));
  });
});
