import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { finish } from '../../test/support/finish.js';
import { encodePresenceUpdate, readPresenceUpdate, type PresenceUpdate } from './presence-update.js';

const read = (bytes: Uint8Array, maxNames = 3) => finish(readPresenceUpdate(bytes, maxNames));

const everyone = (...online: string[]): Uint8Array =>
  encodePresenceUpdate({ first: true, online, offline: [] });

describe('updates of who is online', () => {
  test('an update reads as it was written', () => {
    const names = fc.array(fc.string({ unit: 'grapheme', minLength: 1, maxLength: 9 }), { maxLength: 3 });
    const storageProblem = fc.constantFrom('its disk is full', undefined);
    const [room, flag] = [fc.nat(), fc.boolean()];
    const settings = fc.record({
      ...{ room, notify: fc.nat(3), mutedUntil: fc.nat() },
      ...{ hidden: flag, pinned: flag, markedUnread: flag },
    });
    const some = <Item>(item: fc.Arbitrary<Item>) => fc.array(item, { minLength: 1, maxLength: 3 });
    const lists = {
      marks: some(fc.record({ room, readUpTo: fc.nat() })),
      settings: some(settings),
      typing: some(fc.record({ room, name: fc.string({ minLength: 1, maxLength: 9 }), stopped: flag })),
    };
    const updates: fc.Arbitrary<PresenceUpdate> = fc.record(
      { first: fc.boolean(), online: names, offline: names, storageProblem, ...lists },
      { requiredKeys: ['first', 'online', 'offline', 'storageProblem'] },
    );
    fc.assert(
      fc.property(updates, (update) => {
        expect(read(encodePresenceUpdate(update))).toEqual({ ...update, unreadable: 0, isCutShort: false });
      }),
    );
  });

  test('reading any bytes never throws', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 2000 }), (bytes) => void read(bytes)));
  });

  test('empty names are left out, invalid UTF-8 is replaced, and the last of too many names are kept', () => {
    const bytes = Buffer.concat([everyone('ann'), Uint8Array.of(0x12, 0, 0x12, 1, 0xff, 0x1a, 0)]);
    expect(read(bytes)).toMatchObject({ online: ['ann', '\ufffd'], offline: [], unreadable: 2 });
    expect(read(everyone('a', 'b', 'c', 'd')).online).toEqual(['b', 'c', 'd']);
    expect(read(everyone('x'.repeat(9999))).online).toEqual([`${'x'.repeat(256)}…`]);
  });

  test('an update that is cut off gives the names before that', () => {
    const bytes = Buffer.concat([everyone('ann'), Uint8Array.of(0x12, 9, 0x61)]);
    expect(read(bytes)).toMatchObject({ first: true, online: ['ann'], unreadable: 1, isCutShort: true });
  });
});
