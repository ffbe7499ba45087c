import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { messageKind } from '../../../src/shared/message.js';
import { eraseAfterMs } from '../../../src/server/logs/level/erasure.js';
import { allErased } from '../../../src/server/logs/level/level-records.js';
import type { LevelLog } from '../../../src/server/logs/level/level-log.js';
import { sweepIntervalMs } from '../../../src/server/logs/level/retention.js';
import { allKinds, type Amendment, type Append } from '../../../src/server/messages/message-log.js';
import { change, describeChanges } from '../../contract/changes.js';
import { sequencesOf, text } from '../../contract/message-log.js';
import { settled } from '../../support/manual-clock.js';
import { levelDirectory, readerOf } from './level-directory.js';

const level = levelDirectory();
const { edit, delete: deletion, react } = messageKind;

let log: LevelLog;

describeChanges('log on disk', true, {
  async open({ clock, dedupeWindow }) {
    log = await level.open({ clock, dedupeWindow });
    return log;
  },
  cleanUp: () => Promise.resolve(),
});

/** Appends a change and applies it, as the fold does. */
async function amend(log: LevelLog, append: Append, isVoid = false): Promise<void> {
  const { sequence } = await log.append(append);
  const [entry] = await log.read(sequence - 1, 1);
  const amendments: Amendment[] = entry ? [{ change: entry, isVoid }] : [];
  await log.amend(amendments);
}

async function filesWith(wanted: string): Promise<string[]> {
  const names = await readdir(level.directory);
  const found: string[] = [];
  for (const name of names) {
    // A compaction may have removed the file meanwhile.
    const bytes = await readFile(join(level.directory, name)).catch(() => Buffer.alloc(0));
    if (bytes.includes(wanted)) found.push(name);
  }
  return found;
}

/** Until compactions, which take real time, have ended. */
async function until(condition: () => Promise<boolean>): Promise<void> {
  while (!(await condition())) await settled();
}

describe('what was deleted or replaced', () => {
  /** Incompressible, so that it is found in compressed files too. */
  const secret = (index: number): string => createHash('sha256').update(`${index}`).digest('base64url');

  test('is in no file of the directory within a day', async () => {
    const log = await level.open();
    for (let index = 1; index <= 50; index++) await log.append(text(secret(index)));
    await amend(log, change(edit, 3, { content: secret(1000) }));
    await amend(log, change(edit, 3, { content: secret(3000) }));
    await amend(log, change(deletion, 40));
    await amend(log, change(edit, 7, { content: secret(2000) }), true);
    expect(await filesWith(secret(40))).not.toEqual([]);
    await level.clock.advance(eraseAfterMs);
    const gone = [3, 40, 1000, 2000];
    await until(
      async () => (await Promise.all(gone.map((one) => filesWith(secret(one))))).flat().length === 0,
    );
    for (const kept of [secret(3000), secret(39)]) expect(await filesWith(kept)).not.toEqual([]);
    expect((await log.readBefore(0, 100, 1e9)).length).toBeGreaterThan(50);
  });

  test('is removed after a restart too, and then not again', async () => {
    const log = await level.open();
    for (let index = 1; index <= 5; index++) await log.append(text(secret(index)));
    await amend(log, change(deletion, 2));
    await level.closeAll();
    await level.clock.advance(eraseAfterMs);
    await level.open();
    await until(() => Promise.resolve(level.clock.pending() > 0));
    await level.clock.advance(60_000);
    await until(async () => (await filesWith(secret(2))).length === 0);
    await level.closeAll();
    const store = await level.openStore();
    let records = 0;
    await store.scan(allErased, () => ++records > 0);
    expect(records).toBe(0);
  });
});

test('records of changes are removed with their messages', async () => {
  const log = await level.open({ keep: { milliseconds: 60_000 } });
  await log.append(text('one'));
  await amend(log, change(react, 1, { emoji: ['👍'] }));
  const sweep = (): Promise<void> => level.clock.advance(sweepIntervalMs);
  await level.clock.advance(60_000);
  await until(async () => {
    await sweep();
    return log.oldest() > 1;
  });
  await until(async () => (await log.reactions(0, 1, 1)).size === 0);
  expect(await log.reactions(0, 1, 99)).toEqual(new Map());
});

test('the index of a room has changes in the order of the log, without those that are removed', async () => {
  const log = await level.open();
  for (const content of ['one', 'two']) await log.append(text(content));
  await amend(log, change(react, 1, { emoji: ['👍'] }));
  await log.append(text('three'));
  await amend(log, change(react, 1, { emoji: ['🎉'] }));
  await amend(log, change(edit, 2, { content: 'two, edited' }));
  await level.closeAll();
  const reader = readerOf(await level.openStore(), 6);
  const all = { room: 0, kinds: allKinds };
  expect(await reader.sequences(0, 99, all)).toEqual([1, 2, 4, 5, 6]);
  expect(await reader.sequences(1, 2, all)).toEqual([2, 4]);
  expect(sequencesOf(await reader.readBefore(0, 3, 1e9, all))).toEqual([6, 5, 4]);
  expect(sequencesOf(await reader.readBefore(0, 3, 1e9, { room: 0, kinds: [react] }))).toEqual([5]);
});

test('many reactions and edits do not slow down a page', async () => {
  const log = await level.open();
  for (let index = 1; index <= 50; index++) await log.append(text(`text ${index}`));
  const amendments: Amendment[] = [];
  const appends: Promise<unknown>[] = [];
  for (let index = 0; index < 1000; index++) {
    const one = change(react, 10, { emoji: ['👍'], account: `account-${index}` });
    appends.push(log.append(one));
  }
  for (let index = 0; index < 1000; index++)
    appends.push(log.append(change(edit, 20, { content: `e${index}` })));
  await Promise.all(appends);
  for (const entry of await log.read(50, 1e9)) amendments.push({ change: entry, isVoid: false });
  await log.amend(amendments);
  expect((await log.reactions(0, 1, 50)).get(10)).toMatchObject([{ count: 1000, emoji: '👍' }]);
  const page = await log.readBefore(51, 50, 1e9);
  expect(page).toHaveLength(50);
  // However many changes there were: what a page reads is bounded.
  const bytes = page.reduce((sum, entry) => sum + entry.bytes.length, 0);
  expect(bytes).toBeLessThan(10_000);
});
