import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from '@jest/globals';
import { openLevelLog, type LevelLogReports } from '../../src/server/logs/level/level-log.js';
import { pageKinds, type MessageLog } from '../../src/server/messages/message-log.js';
import { lobby, messageKind } from '../../src/shared/message.js';
import { decodeText, encodeText } from '../../src/shared/text.js';
import { temporaryFolder } from '../chat-process.js';
import { sequencesOf, text } from '../contract/message-log.js';
import { manualClock } from '../support/manual-clock.js';
import { silentReports } from './logs/level-directory.js';
import { testOnSmallDisk } from './small-disk.js';

const disk = temporaryFolder();

testOnSmallDisk(
  disk,
  'a log on a full disk rejects messages and can be read, and recovers once there is space',
  async () => {
    const opened: MessageLog[] = [];
    try {
      await fillAndFree(opened);
    } finally {
      await Promise.all(opened.map((log) => log.close()));
    }
  },
);

async function fillAndFree(opened: MessageLog[]): Promise<void> {
  const clock = manualClock();
  const failures: unknown[] = [];
  const reports: LevelLogReports = {
    ...silentReports,
    onGap: (gap) => failures.push(gap),
    onUpkeepFailed: (error) => failures.push(error),
  };
  const directory = join(disk, 'log');
  const log = await openLevelLog({ directory, clock, reports });
  opened.push(log);
  const { sequence: room } = await log.append(text('a room', { room: 'new', kind: messageKind.room }));
  const of = { room, kinds: pageKinds };
  await log.roomState.save(room, encodeText('with the room'));
  await writeFile(join(disk, 'ballast'), new Uint8Array(16 * 1024 * 1024));

  const answered: number[] = [room];
  const fill = async (): Promise<never> => {
    for (let count = 0; ; count++) {
      const placement = { room: count % 2 === 0 ? room : lobby };
      answered.push((await log.append(text(crypto.randomUUID().repeat(5000), placement))).sequence);
    }
  };
  await expect(fill()).rejects.toMatchObject({ code: 'store-unavailable' });
  expect(answered.length).toBeGreaterThan(1);
  expect(log.storageProblem()).toBeDefined();
  await clock.advance(5000);
  expect(log.storageProblem()).toBeDefined();
  await expect(log.append(text('refused'))).rejects.toMatchObject({ code: 'store-unavailable' });
  expect(sequencesOf(await log.read(0, 1e9))).toEqual(answered);
  expect(sequencesOf(await log.read(0, 1e9, of))).toEqual(
    answered.filter((one) => one % 2 === 0 || one === room),
  );
  await expect(log.roomState.save(2, encodeText('refused'))).rejects.toMatchObject({
    code: 'store-unavailable',
  });

  await rm(join(disk, 'ballast'));
  while (log.storageProblem() !== undefined) await clock.advance(1000);
  const { sequence } = await log.append(text('after', { room }));
  await log.close();

  const again = await openLevelLog({ directory, clock, reports });
  opened.push(again);
  const kept = sequencesOf(await again.read(0, 1e9));
  expect(kept).toEqual(Array.from({ length: sequence }, (_, index) => index + 1));
  expect(answered.every((one) => kept.includes(one))).toBe(true);
  const entries = await again.read(0, 1e9);
  expect(sequencesOf(await again.readBefore(0, 1e9, 1e9, of)).toReversed()).toEqual(
    sequencesOf(entries.filter((entry) => entry.room === room)),
  );
  expect(decodeText((await again.roomState.load()) ?? new Uint8Array(0))).toBe('with the room');
  expect(failures).toEqual([]);
}
