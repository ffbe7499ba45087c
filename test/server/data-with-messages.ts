import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { formatSnapshot } from '../../src/server/accounts/account-format.js';
import { formatPasswordHash, scryptHashing } from '../../src/server/accounts/password-hash.js';
import { openDataDirectory } from '../../src/server/files/data-directory.js';
import { openLevelLog } from '../../src/server/logs/level/level-log.js';
import type { Append, MessageLog } from '../../src/server/messages/message-log.js';
import { systemClock } from '../../src/shared/clock.js';
import { encodeUnsequenced } from '../../src/shared/codec.js';
import { contentType, messageKind } from '../../src/shared/message.js';
import { encodeText } from '../../src/shared/text.js';
import { temporaryFolder } from '../chat-process.js';
import { text } from '../contract/message-log.js';
import { silentReports } from './logs/level-directory.js';

/** A data directory whose log has these texts, written in a fraction of the time that sending takes. */
export function dataWithMessages(texts: readonly string[]): Promise<string> {
  return dataWithEntries(texts.map((content) => text(content)));
}

/** A data directory whose log has these entries. */
export async function dataWithEntries(entries: readonly Append[]): Promise<string> {
  const directory = await openDataDirectory(join(temporaryFolder(), 'data'));
  const log = await openStoredLog(directory.log);
  await Promise.all(entries.map((entry) => log.append(entry)));
  await log.close();
  return directory.path;
}

/** Opens the log of a server that does not run. */
export function openStoredLog(directory: string): Promise<MessageLog> {
  return openLevelLog({ directory, clock: systemClock, reports: silentReports });
}

/** Adds an entry that no one may see to the log of a server that does not run. */
export async function appendInvisible(directory: string): Promise<void> {
  const log = await openStoredLog(directory);
  const placement = { room: 1e9, kind: messageKind.message };
  const content = encodeText('invisible');
  const message = { id: '', from: 'x', timestamp: 1, type: contentType.text, content, detail: placement };
  await log.append({ ...placement, author: 'x', id: '', message: () => encodeUnsequenced(message) });
  await log.close();
}

/** For servers whose logins should take no time. */
export const cheapHashing = scryptHashing({ logN: 1, r: 1, p: 1 });

/** A data directory with these users, whose passwords are `qwerty` and whose account ids are always the same. */
export async function dataWithUsers(names: readonly string[]): Promise<string> {
  const { path } = await openDataDirectory(join(temporaryFolder(), 'data'));
  const passwordHash = formatPasswordHash(await cheapHashing.hash('qwerty'));
  const accounts = names.map((name, index) => ({
    id: accountId(index),
    name,
    credentialVersion: '1',
    passwordHash,
  }));
  const snapshot = formatSnapshot({ initialised: true, accounts, formerAccounts: [] });
  await writeFile(join(path, 'accounts.json'), snapshot, { mode: 0o600 });
  return path;
}

/** The account id of a user of `dataWithUsers`. */
export function accountId(index: number): string {
  return String(index + 1).padStart(26, '0');
}
