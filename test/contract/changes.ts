import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { decodeMessages, encodeUnsequenced } from '../../src/shared/codec.js';
import {
  contentType,
  messageKind,
  plainPlacement,
  type Detail,
  type Message,
} from '../../src/shared/message.js';
import { encodeText } from '../../src/shared/text.js';
import {
  dedupeWindow,
  lobbyMessages,
  lobbyPageKinds,
  removedKind,
  type Append,
  type Entry,
  type MessageLog,
} from '../../src/server/messages/message-log.js';
import { openFoldedLog } from '../../src/server/rooms/open-folded-log.js';
import type { FoldedLog } from '../../src/server/rooms/folded-log.js';
import type { RoomStateStore } from '../../src/server/messages/message-log.js';
import { manualClock, type ManualClock } from '../support/manual-clock.js';
import { text, type LogFactory } from './message-log.js';

const { edit, delete: deletion, react } = messageKind;
const everything = 1e9;
const silent = { onUnusable: () => undefined, onNotSaved: () => undefined, onNotRead: () => undefined };

/** A change in the lobby by `ada`, of a message by her. */
export function change(
  kind: number,
  target: number,
  more: Partial<Detail> & { content?: string } = {},
): Append {
  const { content = '', ...detail } = more;
  const message: Omit<Message, 'sequence'> = {
    ...{ timestamp: 7, from: 'ada', id: '', type: contentType.text, content: encodeText(content) },
    detail: { ...plainPlacement, kind, target, account: 'A', ...detail },
  };
  const original = { timestamp: 1, from: 'ada', id: '', type: contentType.text, content: new Uint8Array() };
  return {
    ...{ room: 0, kind, author: 'ada', id: '' },
    message: () => encodeUnsequenced(message),
    original: encodeUnsequenced(original),
  };
}

const messageOf = ({ bytes }: Entry): Message | undefined => decodeMessages(bytes)[0];
const textOf = (entry: Entry): string => Buffer.from(messageOf(entry)?.content ?? []).toString();

/** What must be true of a log that is folded, whose entries change others. */
export function describeChanges(name: string, isDurable: boolean, factory: LogFactory): void {
  describe(`${name}: changes of messages`, () => {
    let clock: ManualClock;
    let log: FoldedLog;

    const open = async (): Promise<FoldedLog> => {
      const stored: MessageLog & { roomState?: RoomStateStore } = await factory.open({ clock, dedupeWindow });
      return openFoldedLog({ log: stored, state: stored.roomState, clock, reports: silent });
    };

    beforeEach(async () => {
      clock = manualClock();
      log = await open();
    });

    afterEach(async () => {
      await log.close();
      await factory.cleanUp();
    });

    const append = async (one: Append): Promise<number> => (await log.append(one)).sequence;

    /** Everything that an open log answers about its messages. */
    const state = async () => ({
      all: (await log.read(0, everything)).map((entry) => [entry.sequence, entry.kind, textOf(entry)]),
      page: (await log.readBefore(0, 50, everything, { room: 0, kinds: lobbyPageKinds })).map(
        ({ sequence }) => sequence,
      ),
      plain: (await log.readBefore(0, 50, everything, lobbyMessages)).map(textOf),
      count: await log.count(0, 50, everything, lobbyMessages),
      reactions: await log.reactions(0, 1, 99),
    });

    /** Also after a restart, which reads what is stored. */
    const expectState = async (expected: Partial<Awaited<ReturnType<typeof state>>>): Promise<void> => {
      expect(await state()).toMatchObject(expected);
      if (!isDurable) return;
      await log.close();
      log = await open();
      expect(await state()).toMatchObject(expected);
    };

    test('an edited message has its last text at its place, and earlier texts are gone', async () => {
      for (const content of ['one', 'two', 'three']) await append(text(content));
      await append(change(edit, 2, { content: 'two, edited' }));
      const last = await append(change(edit, 2, { content: 'two, edited again' }));
      await expectState({ page: [3, 2, 1], plain: ['three', 'two, edited again', 'one'], count: 3 });
      const entries = (await log.read(0, everything)).filter(({ kind }) => kind !== removedKind.change);
      expect(entries.map(({ sequence }) => sequence)).toEqual([1, 2, 3, last]);
      const [message] = await log.read(1, 1);
      expect(message && messageOf(message)).toMatchObject({
        sequence: 2,
        timestamp: 1,
        from: 'ada',
        detail: { edited: 7 },
      });
      const bytes = Buffer.concat((await log.read(0, everything)).map((entry) => entry.bytes)).toString();
      expect(bytes.includes('two, edited again')).toBe(true);
      expect(bytes.replaceAll('two, edited again', '')).not.toContain('two');
    });

    test('a deleted message and its changes leave nothing but their places', async () => {
      for (const content of ['one', 'two', 'three']) await append(text(content));
      await append(change(edit, 2, { content: 'two, edited' }));
      await append(change(react, 2, { emoji: ['👍'] }));
      const deleted = await append(change(deletion, 2));
      await expectState({ page: [3, 2, 1], plain: ['three', 'one'], reactions: new Map() });
      const entries = await log.read(0, everything);
      const bytes = Buffer.concat(entries.map((entry) => entry.bytes)).toString();
      expect(bytes).not.toContain('two');
      expect(bytes).not.toContain('👍');
      const kept = entries.filter(({ kind }) => kind !== removedKind.change);
      expect(kept.map(({ sequence, kind }) => [sequence, kind])).toEqual([
        [1, messageKind.message],
        [2, removedKind.message],
        [3, messageKind.message],
        [deleted, deletion],
      ]);
      expect(kept[1] && messageOf(kept[1])).toMatchObject({ from: 'ada', detail: { deleted: true } });
    });

    test('reactions are the last set of each account', async () => {
      for (const content of ['one', 'two']) await append(text(content));
      await append(change(react, 1, { emoji: ['👍', '🎉'] }));
      await append(change(react, 1, { emoji: ['🎉'] }));
      await append(change(react, 1, { emoji: ['🎉', '👀'], account: 'B' }));
      await append(change(react, 2, { emoji: ['👍'] }));
      await append(change(react, 2, { emoji: [] }));
      const names = ['ada', 'ada'];
      await expectState({
        reactions: new Map([
          [
            1,
            [
              { emoji: '🎉', names, count: 2 },
              { emoji: '👀', names: ['ada'], count: 1 },
            ],
          ],
        ]),
      });
    });

    test('changes of a deleted message at the same moment are void, and their content is removed', async () => {
      await append(text('one'));
      const appends = [
        change(deletion, 1),
        change(edit, 1, { content: 'edited' }),
        change(react, 1, { emoji: ['👍'] }),
      ];
      const results = await Promise.allSettled(appends.map((one) => log.append(one)));
      const statuses = results.map(({ status }) => status);
      expect(statuses).toContain('fulfilled');
      await log.amended();
      await expectState({ page: [1], plain: [], reactions: new Map() });
    });

    test('the change of a message that is not there changes nothing', async () => {
      await append(text('one'));
      await expect(append(change(edit, 9, { content: 'nine' }))).rejects.toThrow('no such message');
      await log.amended();
      await expectState({ plain: ['one'] });
    });
  });
}
