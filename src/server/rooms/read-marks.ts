import { raceTimeout } from '../../shared/async/with-timeout.js';
import type { Clock } from '../../shared/clock.js';
import type { AccountStateStore } from '../messages/message-log.js';
import type { PeerNote, Peers } from '../messages/presence.js';
import {
  decodedMark,
  encodedMark,
  formatMarks,
  merged,
  noMark,
  parseMarks,
  type RoomMark,
  type RoomMarks,
} from './room-marks.js';

/** A mark of an account has changed. */
export type MarkListener = (account: string, room: number, mark: RoomMark) => void;

/** What all accounts have read, and their settings. */
export type ReadMarks = {
  /** The same map until it is loaded again; it changes. Rejects with `store-unavailable`. */
  of(account: string): Promise<RoomMarks>;
  /** Resolves once all readers see the change. It is stored within `saveDelayMs`. Rejects with `store-unavailable`. */
  change(account: string, room: number, change: (before: RoomMark) => RoomMark): Promise<void>;
  /** Adds what another server knows. */
  add(account: string, room: number, mark: RoomMark): void;
  /** Loads what is in memory again, since changes of other servers may have been missed. */
  reload(): Promise<void>;
  /** Called for every change, `isOwn` for those of this server. */
  onChanged(listener: (isOwn: boolean, ...change: Parameters<MarkListener>) => void): void;
  /** Called for each mark of this server once it is stored. */
  onSaved(listener: MarkListener): void;
  /** Stores what is not stored yet. */
  close(): Promise<void>;
};

type ReadMarksOptions = {
  readonly store: AccountStateStore;
  readonly clock: Clock;
  /** Called once until it succeeds again. It is tried again. */
  readonly onNotSaved: (error: unknown) => void;
};

type Account = {
  readonly marks: Map<number, RoomMark>;
  /** Those that are not stored yet. */
  readonly unsaved: Set<number>;
  loading: Promise<void> | undefined;
  /** How many calls need it. */
  users: number;
};

export const saveDelayMs = { afterChange: 1000, afterFailure: 10_000 } as const;
const closeTimeoutMs = 500;
/** In memory, beside those with changes. */
const maxAccounts = 2000;
/** Of those used least recently; the others are in use. */
const maxTried = 10;

/** Changes are collected, so that marks of many users cost one write. */
export function createReadMarks({ store, clock, onNotSaved }: ReadMarksOptions): ReadMarks {
  const accounts = new Map<string, Account>();
  const unsaved = new Set<string>();
  const listeners: ((isOwn: boolean, ...change: Parameters<MarkListener>) => void)[] = [];
  const savedListeners: MarkListener[] = [];
  const changing = new Set<Promise<void>>();
  let stopTimer: (() => void) | undefined;
  let saving: Promise<void> = Promise.resolve();
  let hasFailed = false;
  let isClosed = false;

  const forgetOldest = (needed: string): void => {
    let left = maxTried;
    for (const [id, { unsaved: changes, users }] of accounts) {
      if (changes.size === 0 && users === 0 && id !== needed) accounts.delete(id);
      if (--left === 0) return;
    }
  };

  /** The account becomes the most recently used one. */
  const use = (id: string): Account => {
    const account = accounts.get(id) ?? newAccount();
    accounts.delete(id);
    accounts.set(id, account);
    if (accounts.size - unsaved.size > maxAccounts) forgetOldest(id);
    return account;
  };

  const add = (id: string, account: Account, room: number, mark: RoomMark): void => {
    const before = account.marks.get(room) ?? noMark;
    const after = merged(before, mark);
    if (after === before) return;
    account.marks.set(room, after);
    for (const listener of listeners) listener(false, id, room, after);
  };

  const addStored = (id: string, account: Account, stored: string | undefined): void => {
    const marks = stored === undefined ? undefined : parseMarks(stored);
    for (const [room, mark] of marks ?? []) add(id, account, room, mark);
  };

  /** `task` runs while the account is in memory. */
  const withLoaded = async <Result>(id: string, task: (account: Account) => Result): Promise<Result> => {
    const account = use(id);
    account.users++;
    account.loading ??= store.load(id).then((stored) => addStored(id, account, stored));
    try {
      await account.loading;
      return task(account);
    } catch (error) {
      account.loading = undefined;
      throw error;
    } finally {
      account.users--;
    }
  };

  const save = async (): Promise<void> => {
    const saved = [...unsaved].flatMap((id) => {
      const account = accounts.get(id);
      return account ? [{ id, account, marks: new Map(account.marks) }] : [];
    });
    if (saved.length === 0) return;
    const changes = saved.map(({ id, account }) => {
      const change = (stored: string | undefined): string => {
        addStored(id, account, stored);
        return formatMarks(account.marks);
      };
      return [id, change] as const;
    });
    try {
      await store.save(new Map(changes));
      hasFailed = false;
      for (const { id, account, marks } of saved) {
        for (const room of account.unsaved) {
          const mark = marks.get(room);
          if (!mark || account.marks.get(room) !== mark) continue;
          account.unsaved.delete(room);
          for (const listener of savedListeners) listener(id, room, mark);
        }
        if (account.unsaved.size === 0) unsaved.delete(id);
      }
      if (unsaved.size > 0) saveIn(saveDelayMs.afterChange);
    } catch (error) {
      if (!hasFailed) onNotSaved(error);
      hasFailed = true;
      saveIn(saveDelayMs.afterFailure);
    }
  };

  const saveIn = (delayMs: number): void => {
    if (stopTimer || isClosed) return;
    stopTimer = clock.after(delayMs, () => {
      stopTimer = undefined;
      saving = saving.then(save);
    });
  };

  return {
    of: (id) => withLoaded(id, ({ marks }) => marks),
    change(id, room, changeOf) {
      const changed = withLoaded(id, (account) => {
        const before = account.marks.get(room) ?? noMark;
        const after = changeOf(before);
        if (after === before) return;
        account.marks.set(room, after);
        account.unsaved.add(room);
        unsaved.add(id);
        for (const listener of listeners) listener(true, id, room, after);
        saveIn(saveDelayMs.afterChange);
      });
      changing.add(changed);
      const settled = (): void => void changing.delete(changed);
      changed.then(settled, settled);
      return changed;
    },
    add: (id, room, mark) => add(id, use(id), room, mark),
    async reload() {
      const ids = [...accounts.keys()];
      for (const account of accounts.values()) account.loading = undefined;
      for (const id of ids) await withLoaded(id, () => undefined);
    },
    onChanged: (listener) => void listeners.push(listener),
    onSaved: (listener) => void savedListeners.push(listener),
    async close() {
      isClosed = true;
      stopTimer?.();
      const finish = async (): Promise<void> => {
        await Promise.allSettled([saving, ...changing]);
        await save();
      };
      await raceTimeout(closeTimeoutMs, finish(), clock);
    },
  };
}

/** Changes that follow each other, as of a user who sends many messages, are sent together. */
const noteDelayMs = 100;

/** Tells the peer servers of changes, and learns of theirs. Returns a function that sends what waits and ends that. */
export function shareMarks(marks: ReadMarks, peers: Peers, clock: Clock): () => void {
  const notes = new Map<string, PeerNote>();
  let stopTimer = (): void => undefined;
  const send = (): void => {
    for (const note of notes.values()) peers.send(note);
    notes.clear();
  };

  let isStopped = false;
  const share: MarkListener = (account, room, mark) => {
    if (isStopped) return;
    if (notes.size === 0) stopTimer = clock.after(noteDelayMs, send);
    notes.set(`${account} ${room}`, { kind: 'mark', account, mark: encodedMark(room, mark) });
  };
  marks.onChanged((isOwn, ...change) => {
    if (isOwn) share(...change);
  });
  // A peer that started after the first note may have read the store before this.
  marks.onSaved(share);
  peers.onNote((note) => {
    if (note.kind !== 'mark') return;
    const mark = decodedMark(note.mark);
    if (mark) marks.add(note.account, mark.room, mark);
  });
  // What cannot be read now is read again when it is needed.
  peers.onMissed(() => void marks.reload().catch(() => undefined));
  return () => {
    isStopped = true;
    stopTimer();
    send();
  };
}

function newAccount(): Account {
  return { marks: new Map(), unsaved: new Set(), loading: undefined, users: 0 };
}
