import { createHash } from 'node:crypto';
import { isAccountName } from './account-rules.js';
import { nameKey, type Account, type AccountsSnapshot, type FormerAccount } from './accounts-snapshot.js';
import { parsePasswordHash } from './password-hash.js';

const formatVersion = 2;
/** Without account ids: versions up to 0.1.0 wrote it. */
const oldFormatVersion = 1;
const credentialVersionForm = /^[0-9A-Za-z]{1,40}$/;
/** Crockford's base 32, as in a ULID. */
const idDigits = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const idForm = new RegExp(`^[0-7][${idDigits}]{25}$`);

/** JSON with one account per line, so that two versions can be compared with diff. */
export function formatSnapshot({ initialised, accounts, formerAccounts }: AccountsSnapshot): string {
  const fields = [
    `"version": ${formatVersion}`,
    `"everAdded": ${initialised}`,
    `"accounts": ${formatList(
      accounts.map(({ id, name, credentialVersion, passwordHash }) => ({
        id,
        name,
        passwordId: credentialVersion,
        passwordHash,
      })),
    )}`,
    `"formerAccounts": ${formatList(formerAccounts.map(({ id, name }) => ({ id, name })))}`,
  ];
  return `{\n  ${fields.join(',\n  ')}\n}\n`;
}

function formatList(items: readonly object[]): string {
  if (items.length === 0) return '[]';
  return `[\n${items.map((item) => `    ${JSON.stringify(item)}`).join(',\n')}\n  ]`;
}

/** Parses the output of `formatSnapshot`, of earlier versions too. Errors and `damaged` say what is wrong without quoting the text. */
export function parseSnapshot(text: string): AccountsSnapshot {
  if (text.trim() === '') throw new Error('it is empty');
  const value = parseJson(text);
  if (!isRecord(value)) throw new Error('it is not a JSON object');
  if (value.version === undefined) throw new Error('it has no "version"');
  const isOldFormat = value.version === oldFormatVersion;
  if (value.version !== formatVersion && !isOldFormat) {
    throw new Error(`its version is not ${formatVersion}: it may be from a newer program`);
  }
  const { everAdded: initialised, accounts } = value;
  if (typeof initialised !== 'boolean') throw new Error('"everAdded" is neither true nor false');
  if (!Array.isArray(accounts)) throw new Error('"accounts" is not a list');
  if (accounts.length > 0 && !initialised) throw new Error('"everAdded" is false beside accounts');
  const parsed = unambiguous(
    accounts.map((account, index) =>
      parseAccount(isOldFormat ? withDerivedId(account) : account, `account ${index + 1}`),
    ),
  );
  const former = isOldFormat ? [] : parseFormerAccounts(value.formerAccounts);
  const snapshot = {
    initialised,
    accounts: parsed.filter(isAccount),
    formerAccounts: former.filter((account) => typeof account !== 'string'),
    ...(isOldFormat && { isOldFormat }),
  };
  const damaged = [...parsed, ...former].filter((account) => typeof account === 'string');
  const [problem] = damaged;
  if (problem === undefined) return snapshot;
  if (damaged.length === parsed.length + former.length) throw new Error(problem);
  return { ...snapshot, damaged };
}

/** Depends on the name only, so that all servers of a chat find the same id. */
function withDerivedId(account: unknown): unknown {
  if (!isRecord(account) || typeof account.name !== 'string') return account;
  const hash = createHash('sha256')
    .update(`account ${nameKey(account.name)}`)
    .digest('hex');
  let rest = BigInt(`0x${hash.slice(0, 32)}`);
  let id = '';
  for (let digits = 0; digits < 26; digits++) {
    id = `${idDigits[Number(rest % 32n)] ?? ''}${id}`;
    rest /= 32n;
  }
  return { ...account, id };
}

const isAccount = (parsed: Account | string): parsed is Account => typeof parsed !== 'string';

function parseFormerAccounts(value: unknown): (FormerAccount | string)[] {
  if (!Array.isArray(value)) throw new Error('"formerAccounts" is not a list');
  return value.map((former, index) => parseName(former, `former account ${index + 1}`));
}

function parseName(value: unknown, where: string): FormerAccount | string {
  if (!isRecord(value)) return `${where} is not an object`;
  const { id, name } = value;
  if (typeof id !== 'string' || !idForm.test(id)) return `the "id" of ${where} is not valid`;
  if (typeof name !== 'string' || !isAccountName(name)) return `the name of ${where} is not valid`;
  return { id, name };
}

function parseAccount(value: unknown, where: string): Account | string {
  if (!isRecord(value)) return `${where} is not an object`;
  const { passwordId: credentialVersion, passwordHash } = value;
  const named = parseName(value, where);
  if (typeof named === 'string') return named;
  if (typeof credentialVersion !== 'string' || !credentialVersionForm.test(credentialVersion)) {
    return `the "passwordId" of ${where} is not valid`;
  }
  if (typeof passwordHash !== 'string' || !parsePasswordHash(passwordHash)) {
    return `the "passwordHash" of ${where} is not valid`;
  }
  return { ...named, credentialVersion, passwordHash };
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
