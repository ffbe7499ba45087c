import type { Participant } from '../../shared/message.js';
import { nameKey, type AccountsSnapshot } from './accounts-snapshot.js';

/** Which account has which name at the moment. */
export type AccountNames = {
  /** How many accounts can log in. */
  readonly count: number;
  /** The accounts that can log in and sort after this name (empty: all), by `nameKey`. */
  after(name: string): Iterable<Participant>;
  /** Finds a current account, regardless of case. */
  find(name: string): Participant | undefined;
  isCurrent(account: string): boolean;
  /** Whether an account with this name, regardless of case, was removed. */
  isReused(name: string): boolean;
  /** The last name of a removed account; undefined if another account has that name now, or if the id is unknown. */
  nameOf(account: string): string | undefined;
};

/** Of a snapshot; sorted once. */
export function accountNames({ accounts, formerAccounts }: AccountsSnapshot): AccountNames {
  const sorted = accounts
    .map(({ id, name }) => ({ key: nameKey(name), participant: { account: id, name } }))
    .sort((a, b) => (a.key < b.key ? -1 : 1));
  const byKey = new Map(sorted.map(({ key, participant }) => [key, participant]));
  const names = new Map(accounts.map(({ id, name }) => [id, name]));
  const formerNames = new Map(formerAccounts.map(({ id, name }) => [id, name]));

  const formerKeys = new Set(formerAccounts.map(({ name }) => nameKey(name)));

  const formerName = (account: string): string | undefined => {
    const name = formerNames.get(account);
    return name === undefined || byKey.has(nameKey(name)) ? undefined : name;
  };

  const indexAfter = (key: string): number => {
    let [low, high] = [0, sorted.length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((sorted[middle]?.key ?? '') <= key) low = middle + 1;
      else high = middle;
    }
    return low;
  };

  return {
    count: sorted.length,
    *after(name) {
      for (let index = indexAfter(nameKey(name)); index < sorted.length; index++) {
        const account = sorted[index];
        if (account) yield account.participant;
      }
    },
    find: (name) => byKey.get(nameKey(name)),
    isCurrent: (account) => names.has(account),
    isReused: (name) => formerKeys.has(nameKey(name)),
    nameOf: (account) => names.get(account) ?? formerName(account),
  };
}
