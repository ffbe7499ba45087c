import { describe, expect, test } from '@jest/globals';
import { roomLabel, roomTarget } from './find-room.js';

describe('roomTarget', () => {
  test('takes a name with or without #, in any case', () => {
    expect(roomTarget({ room: '#Ops' })).toEqual({ type: 'named', name: 'ops' });
    expect(roomTarget({ room: 'ops' })).toEqual({ type: 'named', name: 'ops' });
    expect(roomTarget({})).toBeUndefined();
  });

  test('takes the names of users with or without @', () => {
    expect(roomTarget({ direct: 'ann, @bob' })).toEqual({ type: 'direct', names: ['ann', 'bob'] });
  });

  test.each([{ room: '#' }, { room: '' }, { direct: 'ann,' }, { room: 'ops', direct: 'ann' }])(
    'rejects %j',
    (flags) => {
      expect(() => roomTarget(flags)).toThrow(expect.objectContaining({ code: 'usage' }));
    },
  );
});

test('the label of a direct room has the other participants', () => {
  const room = { number: 7, name: '', topic: '', type: 2, past: 0, archived: false, memberCount: 2 };
  const view = { ...room, newest: 0, joined: true, role: 0 };
  expect(roomLabel({ ...view, participants: ['ann', 'Bob'] }, 'bob')).toBe('@ann');
  expect(roomLabel({ ...view, type: 0, name: 'ops', participants: [] }, 'bob')).toBe('#ops');
});
