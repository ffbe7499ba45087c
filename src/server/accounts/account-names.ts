import type { Participant } from '../../shared/message.js';
import { nameKey, type AccountsSnapshot } from './accounts-snapshot.js';

/** Which account has which name at the moment. */
export type AccountNames = {
  /** The accounts that can log in, sorted by `nameKey`. */
  readonly current: readonly Participant[];
  /** Finds a current account, regardless of case. */
  find(name: string): Participant | undefined;
  isCurrent(account: string): boolean;
  /** The last name of a removed account; undefined if another account has that name now, or if the id is unknown. */
  nameOf(account: string): string | undefined;
};

export function accountNames({ accounts, formerAccounts }: AccountsSnapshot): AccountNames {
  const sorted = accounts
    .map(({ id, name }) => ({ key: nameKey(name), participant: { account: id, name } }))
    .sort((a, b) => (a.key < b.key ? -1 : 1));
  const byKey = new Map(sorted.map(({ key, participant }) => [key, participant]));
  const names = new Map(accounts.map(({ id, name }) => [id, name]));
  const formerNames = new Map(formerAccounts.map(({ id, name }) => [id, name]));

  const formerName = (account: string): string | undefined => {
    const name = formerNames.get(account);
    return name === undefined || byKey.has(nameKey(name)) ? undefined : name;
  };

  return {
    current: sorted.map(({ participant }) => participant),
    find: (name) => byKey.get(nameKey(name)),
    isCurrent: (account) => names.has(account),
    nameOf: (account) => names.get(account) ?? formerName(account),
  };
}
