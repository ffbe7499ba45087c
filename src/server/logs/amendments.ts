import { decodeMessages } from '../../shared/codec.js';
import { messageKind, type Message, type Reaction } from '../../shared/message.js';
import { reactedTo, type OwnReaction } from '../../shared/reactions.js';
import { editedMessage, entryWith, removed } from '../messages/current-form.js';
import type { Amendment, Entry } from '../messages/message-log.js';

/** What the changes of a message have led to. */
export type ChangeState = {
  /** The sequence of the last edit, 0 if there is none. */
  readonly edit: number;
  readonly reactions: readonly Reaction[];
};

/** Reading them one by one would take longer. */
const erasedAtOnce = 200;

const noChanges: ChangeState = { edit: 0, reactions: [] };

/** The reactions of an account, with the sequence of the entry. */
export type OwnRecord = OwnReaction & { readonly sequence: number };

/** What a log has stored. */
export type AmendedStore = {
  /** In its current form; undefined if it cannot be read. `change`: what is being applied. */
  readonly message: (sequence: number, change: Entry) => Promise<Message | undefined> | Message | undefined;
  readonly isKept: (sequence: number) => boolean;
  readonly state: (room: number, target: number) => ChangeState | undefined;
  readonly own: (target: number, account: string) => OwnRecord | undefined;
  /** Those of all accounts. */
  readonly allOwn: (
    target: number,
  ) => Promise<Iterable<readonly [string, OwnRecord]>> | Iterable<readonly [string, OwnRecord]>;
};

/** What a log has to store so that amendments take effect, by target and account. Undefined: nothing any more. */
export type AmendmentPlan = {
  /** Replace those with the same sequence. */
  readonly entries: ReadonlyMap<number, Entry>;
  readonly states: ReadonlyMap<number, { readonly room: number; readonly state: ChangeState | undefined }>;
  readonly own: ReadonlyMap<number, ReadonlyMap<string, OwnRecord | undefined>>;
  /** The entries whose content is removed, also those that could not be read. */
  readonly erased: ReadonlySet<number>;
  /** Deleted messages as they were, whose mentions are removed. */
  readonly unmentioned: readonly Entry[];
};

/** Plans what to store for changes that were folded, in their order. */
export async function planAmendments(
  amendments: readonly Amendment[],
  store: AmendedStore,
): Promise<AmendmentPlan> {
  const entries = new Map<number, Entry>();
  const states = new Map<number, { room: number; state: ChangeState | undefined }>();
  const own = new Map<number, Map<string, OwnRecord | undefined>>();
  const erased = new Set<number>();
  const unmentioned: Entry[] = [];

  const messageAt = (sequence: number, change: Entry): Promise<Message | undefined> | Message | undefined => {
    const planned = entries.get(sequence);
    return planned ? messageOf(planned) : store.message(sequence, change);
  };
  const stateOf = (room: number, target: number): ChangeState => {
    const planned = states.get(target);
    return (planned ? planned.state : store.state(room, target)) ?? noChanges;
  };
  const ownOf = (target: number, account: string): OwnRecord | undefined => {
    const planned = own.get(target);
    return planned?.has(account) ? planned.get(account) : store.own(target, account);
  };
  const setOwn = (target: number, account: string, record: OwnRecord | undefined): void => {
    const planned = own.get(target) ?? new Map<string, OwnRecord | undefined>();
    own.set(target, planned.set(account, record));
  };
  const put = (message: Message): void => void entries.set(message.sequence, entryWith(message));
  /** Returns the message as it was. */
  const erase = async (sequence: number, change: Entry): Promise<Message | undefined> => {
    if (sequence === 0) return undefined;
    erased.add(sequence);
    const message = await messageAt(sequence, change);
    if (message) put(removed(message));
    return message;
  };

  const edit = async (change: Entry, { content, timestamp }: Message, target: number): Promise<void> => {
    const state = stateOf(change.room, target);
    if (state.edit >= change.sequence) return;
    const message = await messageAt(target, change);
    if (!message) return;
    await erase(state.edit, change);
    put(editedMessage(message, content, timestamp));
    erased.add(target);
    states.set(target, { room: change.room, state: { ...state, edit: change.sequence } });
  };

  const remove = async (change: Entry, target: number): Promise<void> => {
    const message = await erase(target, change);
    if (message?.detail?.mentions) unmentioned.push(entryWith(message));
    await erase(stateOf(change.room, target).edit, change);
    states.set(target, { room: change.room, state: undefined });
    const accounts = new Map<string, OwnRecord | undefined>(await store.allOwn(target));
    for (const [account, record] of own.get(target) ?? []) accounts.set(account, record);
    const records = [...accounts];
    for (let first = 0; first < records.length; first += erasedAtOnce) {
      const some = records.slice(first, first + erasedAtOnce);
      await Promise.all(some.map(([, record]) => erase(record?.sequence ?? 0, change)));
    }
    for (const [account] of records) setOwn(target, account, undefined);
  };

  const react = async (change: Entry, { from: name, detail }: Message, target: number): Promise<void> => {
    const account = detail?.account ?? '';
    const state = stateOf(change.room, target);
    const before = ownOf(target, account);
    if (before && before.sequence >= change.sequence) return;
    const { reactions, kept } = reactedTo(state.reactions, before, { name, emoji: detail?.emoji ?? [] });
    states.set(target, { room: change.room, state: { ...state, reactions } });
    setOwn(target, account, { ...kept, sequence: change.sequence });
    if (before) await erase(before.sequence, change);
  };

  for (const { change, isVoid } of amendments) {
    const message = messageOf(change);
    const target = change.target ?? 0;
    if (!message) continue;
    if (isVoid) await erase(change.sequence, change);
    else if (!store.isKept(target)) continue;
    else if (change.kind === messageKind.edit) await edit(change, message, target);
    else if (change.kind === messageKind.delete) await remove(change, target);
    else if (change.kind === messageKind.react) await react(change, message, target);
  }
  return { entries, states, own, erased, unmentioned };
}

function messageOf({ bytes }: Entry): Message | undefined {
  return decodeMessages(bytes)[0];
}

/** The changes of a log that keeps them in memory. */
export type ChangesInMemory = Pick<AmendedStore, 'state' | 'own'> & {
  readonly allOwn: (target: number) => Iterable<readonly [string, OwnRecord]>;
  apply(plan: Pick<AmendmentPlan, 'states' | 'own'>): void;
  reactions(room: number, from: number, to: number): Map<number, readonly Reaction[]>;
  dropBelow(sequence: number): void;
};

/** Nothing has changed yet. */
export function createChangesInMemory(): ChangesInMemory {
  const states = new Map<number, { readonly room: number; readonly state: ChangeState }>();
  const own = new Map<number, Map<string, OwnRecord>>();

  return {
    state: (_room, target) => states.get(target)?.state,
    own: (target, account) => own.get(target)?.get(account),
    allOwn: (target) => own.get(target) ?? [],
    apply(plan) {
      for (const [target, { room, state }] of plan.states) {
        if (state) states.set(target, { room, state });
        else states.delete(target);
      }
      for (const [target, changed] of plan.own) {
        const records = own.get(target) ?? new Map<string, OwnRecord>();
        for (const [account, record] of changed) {
          if (record) records.set(account, record);
          else records.delete(account);
        }
        if (records.size > 0) own.set(target, records);
        else own.delete(target);
      }
    },
    reactions(room, from, to) {
      const found = new Map<number, readonly Reaction[]>();
      const add = (target: number): void => {
        const { room: of, state } = states.get(target) ?? {};
        if (of === room && state && state.reactions.length > 0) found.set(target, state.reactions);
      };
      if (to - from < states.size) for (let target = from; target <= to; target++) add(target);
      else for (const target of states.keys()) if (target >= from && target <= to) add(target);
      return found;
    },
    dropBelow(sequence) {
      for (const target of states.keys()) if (target < sequence) states.delete(target);
      for (const target of own.keys()) if (target < sequence) own.delete(target);
    },
  };
}
