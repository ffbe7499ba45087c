import { isAccountName } from './account-rules.js';
import { nameKey, type Account, type AccountBook } from './account-book.js';
import { parsePasswordHash } from './password-hash.js';

/** The form of the file; a higher one was written by a newer program. */
const formatVersion = 1;
const passwordIdForm = /^[0-9A-Za-z]{1,40}$/;

/** The accounts as text: JSON, one account a line, so that a person can compare two versions. */
export function formatAccountBook({ everAdded, accounts }: AccountBook): string {
  const lines = accounts.map(
    ({ name, passwordId, passwordHash }) => `    ${JSON.stringify({ name, passwordId, passwordHash })}`,
  );
  const list = lines.length === 0 ? '[]' : `[\n${lines.join(',\n')}\n  ]`;
  return `{\n  "version": ${formatVersion},\n  "everAdded": ${everAdded},\n  "accounts": ${list}\n}\n`;
}

/** Reads what `formatAccountBook` wrote. Throws an Error that says what is wrong, never what the text holds. */
export function parseAccountBook(text: string): AccountBook {
  if (text.trim() === '') throw new Error('it is empty');
  const value = parseJson(text);
  if (!isRecord(value)) throw new Error('it holds no object');
  if (value.version === undefined) throw new Error('it has no "version"');
  if (value.version !== formatVersion) {
    throw new Error(`its version is not ${formatVersion}: it may be a newer program's`);
  }
  const { everAdded, accounts } = value;
  if (typeof everAdded !== 'boolean') throw new Error('"everAdded" is neither true nor false');
  if (!Array.isArray(accounts)) throw new Error('"accounts" is no list');
  if (accounts.length > 0 && !everAdded) throw new Error('"everAdded" is false beside accounts');
  const book = { everAdded, accounts: accounts.map(parseAccount) };
  const names = new Set(book.accounts.map(({ name }) => nameKey(name)));
  if (names.size < book.accounts.length) throw new Error('a name stands in it twice');
  return book;
}

function parseAccount(value: unknown, index: number): Account {
  const where = `account ${index + 1}`;
  if (!isRecord(value)) throw new Error(`${where} is no object`);
  const { name, passwordId, passwordHash } = value;
  if (typeof name !== 'string' || !isAccountName(name)) throw new Error(`the name of ${where} is none`);
  if (typeof passwordId !== 'string' || !passwordIdForm.test(passwordId)) {
    throw new Error(`the "passwordId" of ${where} is none`);
  }
  if (typeof passwordHash !== 'string' || !parsePasswordHash(passwordHash)) {
    throw new Error(`the "passwordHash" of ${where} is none`);
  }
  return { name, passwordId, passwordHash };
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
