import { describe, expect, test } from '@jest/globals';
import { drive, opened, lost } from '../../../test/support/session-driver.js';
import { ChatError } from '../../shared/errors.js';

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
