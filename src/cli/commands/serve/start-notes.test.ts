import { describe, expect, test } from '@jest/globals';
import { parseAddresses } from '../../../client/connection/address.js';
import { parseNatsStore } from '../../../server/nats/nats-store-options.js';
import { startNotes, type Started } from './start-notes.js';

const here: Started = {
  host: 'localhost',
  port: 65_002,
  users: 'demo',
  dataDirectory: '/home/anna/.local/share/chat',
  store: 'embedded',
  tls: { kind: 'none' },
  given: { store: 'embedded' },
  hostName: 'chat.example.org',
};
const [secure, open] = [{ kind: 'self-signed' }, { kind: 'none' }] as const;
const lineOf = (word: string, change: Partial<Started>) =>
  startNotes({ ...here, ...change }).find((line) => line.startsWith(`  ${word} `)) ?? '';

test('a server on a terminal says where its data is, who can log in, how to join and how to stop', () => {
  expect(startNotes(here)).toEqual([
    '  data    /home/anna/.local/share/chat',
    '  log in  as user1 to user5, password qwerty, until you add users: chat users add NAME',
    '  join    chat connect localhost --user user1',
    '  stop    Ctrl+C',
  ]);
});

test.each<[Partial<Started>, string, boolean]>([
  [{}, 'localhost', false],
  [{ port: 4711 }, 'localhost:4711', false],
  [{ tls: secure }, 'https://localhost', true],
  [{ host: '127.0.0.1', port: 1, tls: secure }, 'https://127.0.0.1:1', true],
  [{ host: '::1', port: 4711 }, '[::1]:4711', false],
  [{ host: '0.0.0.0', tls: secure }, 'chat.example.org', true],
  [{ host: '::', tls: secure, port: 1 }, 'chat.example.org:1', true],
  [{ host: '0.0.0.0', tls: open }, 'http://chat.example.org', false],
  [{ host: '10.0.0.7', tls: open }, 'http://10.0.0.7', false],
])('with %j a client joins at %s', (change, address, tls) => {
  expect(lineOf('join', change)).toBe(`  join    chat connect ${address} --user user1`);
  expect(parseAddresses(address)).toMatchObject([{ tls, port: change.port ?? 65_002 }]);
});

describe('who can log in', () => {
  test.each<[Partial<Started>, RegExp]>([
    [{ users: 0 }, /nobody yet; add a user: chat users add NAME$/],
    [{ users: 1 }, /1 user has an account; add another/],
    [{ users: 12 }, /12 users have accounts/],
    [{ given: { data: '/srv/chat', store: 'embedded' } }, /chat users add NAME --data \/srv\/chat$/],
    [{ given: { data: "it's here", store: 'embedded' } }, /NAME --data 'it'\\''s here'$/],
    [{ store: 'memory' }, /qwerty$/],
  ])('with %j is %s', (change, text) => {
    expect(lineOf('log in', change)).toMatch(text);
  });

  test('names the accounts in NATS with the store in quotes', () => {
    const url = 'nats://one,two?replicas=2&user=chat&password-file=/etc/secret';
    const shared = { store: parseNatsStore(url), given: { store: url }, users: 3 };
    expect(lineOf('log in', shared)).toContain(`chat users add NAME --store '${url}'`);
    expect(lineOf('data', shared)).toBe('  data    stream CHAT in NATS at one:4222, two:4222');
  });
});

test('a user who is not a demo user joins with a name of their own', () => {
  expect(lineOf('join', { users: 2 })).toContain('--user NAME');
  expect(lineOf('data', { store: 'memory', dataDirectory: undefined })).toContain('in memory');
});
