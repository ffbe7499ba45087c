import { randomBytes } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { MessageLog, RoomStateStore } from '../../src/server/messages/message-log.js';
import { systemClock } from '../../src/shared/clock.js';
import { dedupeWindow, type LogOptions } from '../../src/server/messages/message-log.js';
import { decodeText, encodeText } from '../../src/shared/text.js';
import { appendMany } from './message-log.js';

/** A log with the state of its rooms, as `LogFactory`. */
export type RoomLog = MessageLog & { readonly roomState: RoomStateStore };
export type RoomLogFactory = {
  open(options: Required<LogOptions>): Promise<RoomLog>;
  cleanUp(): Promise<void>;
};

/** The tests that every `RoomStateStore` must pass. */
export function describeRoomState(name: string, factory: RoomLogFactory): void {
  describe(`${name}: contract of RoomStateStore`, () => {
    let log: RoomLog;
    const open = (): Promise<RoomLog> => factory.open({ clock: systemClock, dedupeWindow });
    const reopen = async (): Promise<void> => {
      await log.close();
      log = await open();
    };
    const loaded = async (): Promise<string | undefined> => {
      const bytes = await log.roomState.load();
      return bytes && decodeText(bytes);
    };
    /** A comparison of megabytes with `toEqual` takes minutes. */
    const isLoaded = async (state: Uint8Array): Promise<boolean> =>
      Buffer.compare(state, (await log.roomState.load()) ?? encodeText('none')) === 0;

    beforeEach(async () => {
      log = await open();
      await appendMany(log, 9);
    });
    afterEach(async () => {
      await log.close();
      await factory.cleanUp();
    });

    test('a log without a saved state loads none', async () => {
      expect(await loaded()).toBeUndefined();
      await reopen();
      expect(await loaded()).toBeUndefined();
    });

    test.each([0, 1, 100_000, 3_000_000])(
      'a saved state of %d bytes is loaded, also after the log is opened again, until it is replaced',
      async (length) => {
        const state = randomBytes(length);
        await log.roomState.save(3, state);
        expect(await isLoaded(state)).toBe(true);
        await reopen();
        expect(await isLoaded(state)).toBe(true);
        const last = randomBytes(10);
        for (const next of [randomBytes(2_000_000), last]) {
          await log.roomState.save(4, next);
          expect(await isLoaded(next)).toBe(true);
        }
        await reopen();
        expect(await isLoaded(last)).toBe(true);
      },
    );

    test('of several states the one with the highest sequence is kept, whichever is saved last', async () => {
      const states = [3, 7, 5].map((upTo) => log.roomState.save(upTo, encodeText(`up to ${upTo}`)));
      await Promise.all(states);
      await log.roomState.save(6, encodeText('late'));
      expect(await loaded()).toBe('up to 7');
    });

    test('a state of entries that the log has not had is not loaded, and gives way to any other', async () => {
      await log.roomState.save(10, encodeText('from the future'));
      expect(await loaded()).toBeUndefined();
      await log.roomState.save(2, encodeText('up to 2'));
      expect(await loaded()).toBe('up to 2');
    });

    test('saving a state leaves the entries as they are', async () => {
      await log.roomState.save(9, randomBytes(600_000));
      await appendMany(log, 1);
      await reopen();
      expect(await log.read(0, 1e9)).toHaveLength(10);
    });
  });
}
