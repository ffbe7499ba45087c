import { describe, expect, test } from '@jest/globals';
import { settled } from '../../../test/support/manual-clock.js';
import { createPresence } from './presence.js';

describe('presence', () => {
  test('a user is listed once, sorted, until the last stream is closed', () => {
    const presence = createPresence();
    const leaves = ['cleo', 'ann', 'cleo'].map((name) => presence.join(name));
    expect(presence.names()).toEqual(['ann', 'cleo']);
    leaves[0]?.();
    leaves[0]?.();
    expect(presence.names()).toEqual(['ann', 'cleo']);
    leaves[2]?.();
    expect(presence.names()).toEqual(['ann']);
  });

  test('a change of names resolves changed(), another stream of a user does not', async () => {
    const presence = createPresence();
    presence.join('ann');
    const seen = presence.names();
    let changes = 0;
    void presence.changed(seen, new AbortController().signal).then(() => changes++);
    presence.join('ann')();
    await settled();
    expect(changes).toBe(0);
    presence.join('bob');
    await settled();
    expect(changes).toBe(1);
    await presence.changed(seen, new AbortController().signal);
  });

  test('an aborted signal rejects changed()', async () => {
    const presence = createPresence();
    const call = new AbortController();
    const changed = presence.changed(presence.names(), call.signal);
    call.abort('gone');
    await expect(changed).rejects.toBe('gone');
    presence.join('ann');
    await expect(presence.changed([], call.signal)).rejects.toBe('gone');
  });
});
