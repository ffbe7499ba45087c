import { describe, expect, test } from '@jest/globals';
import { isNatsStore, natsName, parseNatsStore } from './nats-store-options.js';

describe('parseNatsStore', () => {
  test('an address has one or more hosts, each with an optional port', () => {
    expect(parseNatsStore('nats://a')).toEqual({
      servers: ['a:4222'],
      tls: undefined,
      login: { kind: 'none' },
      stream: 'CHAT',
      replicas: undefined,
    });
    expect(parseNatsStore('nats://a,b.example.org:4333,[::1]:1').servers).toEqual([
      'a:4222',
      'b.example.org:4333',
      '[::1]:1',
    ]);
    expect(natsName(parseNatsStore('TLS://a,b'))).toBe('tls://a:4222,b:4222');
  });

  test('the query sets stream, replicas, login and certificates', () => {
    expect(parseNatsStore('nats://a?stream=team-1&replicas=3&creds=/etc/chat/nats.creds')).toMatchObject({
      stream: 'team-1',
      replicas: 3,
      login: { kind: 'credentials', file: '/etc/chat/nats.creds' },
    });
    expect(parseNatsStore('tls://a/?user=chat&password-file=p&ca=c.pem&cert=d.pem&key=k.pem')).toMatchObject({
      login: { kind: 'password', user: 'chat', passwordFile: 'p' },
      tls: { ca: 'c.pem', certificate: 'd.pem', key: 'k.pem' },
    });
  });

  test.each([
    'nats://',
    'nats://a:0',
    'nats://a:65536',
    'nats://a,,b',
    'nats://a b',
    'nats://chat:secret@a',
    'nats://a?replicas=0',
    'nats://a?replicas=6',
    'nats://a?stream=a.b',
    'nats://a?stream=',
    'nats://a?stream=a&stream=b',
    'nats://a?password=secret',
    'nats://a?user=chat',
    'nats://a?creds=c&user=u&password-file=p',
    'nats://a?ca=c.pem',
    'tls://a?cert=d.pem',
    'http://a',
  ])('an invalid address is rejected: %s', (text) => {
    let message = '';
    try {
      parseNatsStore(text);
    } catch (error) {
      expect(error).toMatchObject({ code: 'usage' });
      message = String(error);
    }
    expect(message).not.toBe('');
    expect(message).not.toContain('secret');
  });

  test('isNatsStore recognises an address by its scheme', () => {
    expect(['nats://a', 'tls://a', 'Nats://a', 'memory', 'embedded'].map(isNatsStore)).toEqual([
      true,
      true,
      true,
      false,
      false,
    ]);
  });
});
