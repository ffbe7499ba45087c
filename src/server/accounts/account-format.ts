import { isAccountName } from './account-rules.js';
import { nameKey, type Account, type AccountsSnapshot } from './accounts-snapshot.js';
import { parsePasswordHash } from './password-hash.js';

const formatVersion = 1;
const credentialVersionForm = /^[0-9A-Za-z]{1,40}$/;

/** JSON with one account per line, so that two versions can be compared with diff. */
export function formatSnapshot({ initialised, accounts }: AccountsSnapshot): string {
  const lines = accounts.map(
    ({ name, credentialVersion, passwordHash }) =>
      `    ${JSON.stringify({ name, passwordId: credentialVersion, passwordHash })}`,
  );
  const list = lines.length === 0 ? '[]' : `[\n${lines.join(',\n')}\n  ]`;
  return `{\n  "version": ${formatVersion},\n  "everAdded": ${initialised},\n  "accounts": ${list}\n}\n`;
}

/** Parses the output of `formatSnapshot`. Errors and `damaged` say what is wrong without quoting the text. */
export function parseSnapshot(text: string): AccountsSnapshot {
  if (text.trim() === '') throw new Error('it is empty');
  const value = parseJson(text);
  if (!isRecord(value)) throw new Error('it is not a JSON object');
  if (value.version === undefined) throw new Error('it has no "version"');
  if (value.version !== formatVersion) {
    throw new Error(`its version is not ${formatVersion}: it may be from a newer program`);
  }
  const { everAdded: initialised, accounts } = value;
  if (typeof initialised !== 'boolean') throw new Error('"everAdded" is neither true nor false');
  if (!Array.isArray(accounts)) throw new Error('"accounts" is not a list');
  if (accounts.length > 0 && !initialised) throw new Error('"everAdded" is false beside accounts');
  const parsed = unambiguous(accounts.map(parseAccount));
  const damaged = parsed.filter((account) => typeof account === 'string');
  const [problem] = damaged;
  if (problem === undefined) return { initialised, accounts: parsed.filter(isAccount) };
  if (damaged.length === parsed.length) throw new Error(problem);
  return { initialised, accounts: parsed.filter(isAccount), damaged };
}

const isAccount = (parsed: Account | string): parsed is Account => typeof parsed !== 'string';

function parseAccount(value: unknown, index: number): Account | string {
  const where = `account ${index + 1}`;
  if (!isRecord(value)) return `${where} is not an object`;
  const { name, passwordId: credentialVersion, passwordHash } = value;
  if (typeof name !== 'string' || !isAccountName(name)) return `the name of ${where} is not valid`;
  if (typeof credentialVersion !== 'string' || !credentialVersionForm.test(credentialVersion)) {
    return `the "passwordId" of ${where} is not valid`;
  }
  if (typeof passwordHash !== 'string' || !parsePasswordHash(passwordHash)) {
    return `the "passwordHash" of ${where} is not valid`;
  }
  return { name, credentialVersion, passwordHash };
}

/** Rejects all accounts of the same name: one of them may have an outdated password. */
function unambiguous(accounts: readonly (Account | string)[]): (Account | string)[] {
  const counts = new Map<string, number>();
  for (const account of accounts) {
    if (isAccount(account)) counts.set(nameKey(account.name), (counts.get(nameKey(account.name)) ?? 0) + 1);
  }
  return accounts.map((account, index) =>
    isAccount(account) && (counts.get(nameKey(account.name)) ?? 0) > 1
      ? `the name of account ${index + 1} is used twice`
      : account,
  );
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new Error('it is not JSON');
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
