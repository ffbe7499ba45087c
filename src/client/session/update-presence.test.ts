import { describe, expect, test } from '@jest/globals';
import { drive, opened, lost } from '../../../test/support/session-driver.js';
import { inRoom, live, received } from '../../../test/support/session-rooms.js';
import { ChatError } from '../../shared/errors.js';
import type { SessionEvent } from './events.js';
import { seenFrom } from './state.js';

describe('presence', () => {
  test('is known while live, unknown otherwise', () => {
    const session = drive({ type: 'reconnect' }, opened());
    expect(session.effects).toContainEqual({ type: 'watch-online' });
    session.then({ type: 'online', names: ['user1', 'user2'] });
    expect(session.state).toMatchObject({ online: ['user1', 'user2'], extensions: true });
    session.then(lost());
    expect(session.state.online).toBeUndefined();
  });

  test('is requested again later after a failure, but not if the server does not support it', () => {
    const session = drive({ type: 'reconnect' }, opened());
    session.then({ type: 'online-lost', reason: new ChatError('unsupported', 'no') });
    expect(session.effects).toEqual([]);
    session.then({ type: 'online-lost', reason: new ChatError('unreachable', 'broken') });
    expect(session.effects).toEqual([{ type: 'wait', timer: 'online', milliseconds: 10_000 }]);
  });
});

describe('who is typing', () => {
  const ops = 10;
  const typing = (name: string, stopped = false, room = ops): SessionEvent => ({
    type: 'online',
    names: [],
    typing: [{ room, name, stopped }],
  });
  const namesIn = ({ session }: ReturnType<typeof live>): string[] =>
    seenFrom(session, ops).typing.map(({ name }) => name);

  test('is known for six seconds after a notice, until they stop or their message arrives', () => {
    const driven = live(ops);
    driven.then(typing('ben'));
    expect(driven.effects).toEqual([{ type: 'wait', timer: 'typing', milliseconds: 6000 }]);
    driven.then(typing('carl'), 1000);
    driven.then(typing('Ben'), 1000);
    expect(namesIn(driven)).toEqual(['carl', 'Ben']);
    driven.then({ type: 'waited', timer: 'typing' }, 5000);
    expect(namesIn(driven)).toEqual(['Ben']);
    expect(driven.effects).toEqual([{ type: 'wait', timer: 'typing', milliseconds: 1000 }]);
    driven.then({ type: 'waited', timer: 'typing' }, 1000);
    expect([namesIn(driven), driven.effects]).toEqual([[], []]);
    driven.then(typing('ben'));
    driven.then(typing('ben', true));
    expect(namesIn(driven)).toEqual([]);
    driven.then(typing('ben'));
    driven.then(received(inRoom(ops, 101, { from: 'ben' })));
    expect(namesIn(driven)).toEqual([]);
  });

  test('is not the user, no one after the connection is lost, and at most twenty', () => {
    const driven = live(ops);
    driven.then(typing('USER1'));
    driven.then(typing('ben', false, 99));
    expect([namesIn(driven), driven.effects]).toEqual([[], []]);
    for (let index = 0; index < 50; index++) driven.then(typing(`user-${index}`));
    expect(namesIn(driven)).toHaveLength(20);
    driven.then(lost());
    expect(namesIn(driven)).toEqual([]);
  });
});
