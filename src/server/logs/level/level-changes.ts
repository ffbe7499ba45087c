import type { Clock } from '../../../shared/clock.js';
import type { Message, Reaction } from '../../../shared/message.js';
import { decodedEntries } from '../../messages/backward.js';
import type { Amendment, MessageLog } from '../../messages/message-log.js';
import { planAmendments, type AmendmentPlan, type ChangeState, type OwnRecord } from '../amendments.js';
import { readEntries } from './entry-reader.js';
import {
  changesFrom,
  changesKey,
  changesPut,
  changesRange,
  del,
  entryKey,
  erasedPut,
  ownAccount,
  ownKey,
  ownPut,
  ownRange,
  partOf,
  put,
  readChanges,
  readOwn,
  readRoomKey,
  roomKey,
  roomPut,
} from './level-records.js';
import { mentionDels } from './mention-records.js';
import type { LevelTail } from './level-tail.js';
import type { Operation, OrderedStore } from './ordered-store.js';
import type { RoomIndex } from './room-index.js';

/** The changes of messages in the database: entries are replaced by their current form. */
export type LevelChanges = Pick<MessageLog, 'reactions'> & {
  /** As `MessageLog.amend`. */
  amend(amendments: readonly Amendment[]): Promise<readonly number[]>;
  /** Removes what is known of the changes of messages below `oldest` until `mayContinue` returns false. */
  removeBelow(oldest: number, mayContinue: () => boolean): Promise<void>;
};

type LevelChangesOptions = {
  readonly store: OrderedStore;
  readonly tail: Pick<LevelTail, 'oldest' | 'tailBuffer'>;
  readonly rooms: Pick<RoomIndex, 'start'>;
  readonly clock: Clock;
  /** Called once the content of entries was removed, whose copies on the disk remain. */
  readonly onErased: () => void;
};

const removedPerWrite = 1000;
const operationsPerWrite = 1000;

/** Reads and writes `store`. */
export function createLevelChanges(options: LevelChangesOptions): LevelChanges {
  const { store, tail, rooms, clock, onErased } = options;
  let removedBelow = 0;

  const message = async (sequence: number): Promise<Message | undefined> => {
    const one = { from: sequence, to: sequence, newestFirst: false, maxCount: 1, maxBytes: 1 };
    return decodedEntries(await readEntries(store, { ...one, onGap: () => undefined }))[0]?.message;
  };

  const stateOf = (room: number, target: number): ChangeState | undefined => {
    const value = store.get(changesKey(room, target));
    return value && readChanges(value);
  };

  const allOwn = async (target: number): Promise<[string, OwnRecord][]> => {
    const found: [string, OwnRecord][] = [];
    await store.scan(ownRange(target, target + 1), ([key, value]) => {
      const record = readOwn(value);
      if (record) found.push([ownAccount(key), record]);
      return true;
    });
    return found;
  };

  /** The states last: as long as they are not written, all of it is applied again after a crash. */
  const operationsOf = ({ entries, states, own, erased, unmentioned }: AmendmentPlan): Operation[] => {
    const operations = unmentioned.flatMap(mentionDels);
    for (const entry of entries.values()) {
      operations.push(put(entryKey(entry.sequence), entry.bytes));
      if (entry.sequence < rooms.start()) continue;
      if (partOf(entry.kind) === 'removedChanges')
        operations.push(del(roomKey('roomChanges', entry.room, entry.sequence)));
      operations.push(roomPut(entry));
    }
    for (const sequence of erased) operations.push(erasedPut(sequence, clock.now()));
    for (const [target, { room, state }] of states) {
      operations.push(state ? changesPut(room, target, state) : del(changesKey(room, target)));
    }
    for (const [target, records] of own) {
      for (const [account, record] of records) {
        operations.push(record ? ownPut(target, account, record) : del(ownKey(target, account)));
      }
    }
    return operations;
  };

  /** One write of all would block the event loop for long if a message with many reactions is deleted. */
  const writeParts = async (operations: readonly Operation[]): Promise<void> => {
    for (let first = 0; first < operations.length; first += operationsPerWrite) {
      const isLast = first + operationsPerWrite >= operations.length;
      const part = operations.slice(first, first + operationsPerWrite);
      await store.write(part, isLast ? undefined : 'unflushed');
    }
  };

  /** Removes the records of a range; false if it was stopped in between. */
  const removeRange = async (
    range: { from: Uint8Array; to: Uint8Array },
    mayContinue: () => boolean,
  ): Promise<boolean> => {
    while (mayContinue()) {
      const keys: Uint8Array[] = [];
      const isDone = await store.scan(range, ([key]) => keys.push(key) < removedPerWrite);
      if (keys.length > 0) await store.write(keys.map(del));
      if (isDone) return true;
    }
    return false;
  };

  const roomFrom = async (room: number): Promise<number | undefined> => {
    let found: number | undefined;
    await store.scan({ ...changesFrom(room), pagePairs: 1, pageBytes: 1 }, ([key]) => {
      found = readRoomKey(key).room;
      return false;
    });
    return found;
  };

  return {
    async amend(amendments) {
      const plan = await planAmendments(amendments, {
        message,
        isKept: (sequence) => sequence >= tail.oldest(),
        state: stateOf,
        own(target, account) {
          const value = store.get(ownKey(target, account));
          return value && readOwn(value);
        },
        allOwn,
      });
      const operations = operationsOf(plan);
      await writeParts(operations);
      for (const entry of plan.entries.values()) tail.tailBuffer.replace(entry);
      if (plan.erased.size > 0) onErased();
      return [...plan.entries.keys()];
    },
    async reactions(room, from, to) {
      const found = new Map<number, readonly Reaction[]>();
      if (from === to) {
        const { reactions = [] } = stateOf(room, from) ?? {};
        return reactions.length > 0 ? found.set(from, reactions) : found;
      }
      await store.scan(changesRange(room, from, to + 1), ([key, value]) => {
        const reactions = readChanges(value)?.reactions ?? [];
        if (reactions.length > 0) found.set(readRoomKey(key).sequence, reactions);
        return true;
      });
      return found;
    },
    async removeBelow(oldest, mayContinue) {
      if (oldest <= removedBelow) return;
      for (let room = await roomFrom(0); room !== undefined; room = await roomFrom(room + 1)) {
        if (!(await removeRange(changesRange(room, 0, oldest), mayContinue))) return;
      }
      if (await removeRange(ownRange(0, oldest), mayContinue)) removedBelow = oldest;
    },
  };
}
