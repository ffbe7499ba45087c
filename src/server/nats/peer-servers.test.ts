import { expect, test } from '@jest/globals';
import { createPeerServers } from './peer-servers.js';

test('a list is known by its version, and a newer version is unknown', () => {
  const peers = createPeerServers(() => 0);
  expect(peers.here('a', 1)).toBe(false);
  peers.list('a', 1, ['ada']);
  peers.list('b', 7, ['bob', 'cyd']);
  expect(peers.here('a', 1)).toBe(true);
  expect(peers.here('a', 2)).toBe(false);
  expect([...peers.lists()]).toEqual([['ada'], ['bob', 'cyd']]);
  peers.gone('b');
  expect([...peers.lists()]).toEqual([['ada']]);
});

test('a server is forgotten after three missed heartbeats, others stay', () => {
  let now = 0;
  const peers = createPeerServers(() => now);
  peers.list('dead', 1, ['ada']);
  peers.list('alive', 1, ['bob']);
  now = 6000;
  peers.here('alive', 1);
  expect(peers.forgetSilent()).toBe(false);
  now = 7001;
  expect(peers.forgetSilent()).toBe(true);
  expect([...peers.lists()]).toEqual([['bob']]);
});

test('at most 256 servers are remembered', () => {
  const peers = createPeerServers(() => 0);
  for (let number = 0; number < 10_000; number++) peers.list(`s${number}`, 1, []);
  expect([...peers.lists()]).toHaveLength(256);
});
