import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { expect, test } from '@jest/globals';
import { openLevelLog, type LevelLogReports } from '../../src/server/logs/level/level-log.js';
import { systemClock } from '../../src/shared/clock.js';
import { temporaryFolder } from '../chat-process.js';
import { sequencesOf, text, textsOf } from '../contract/message-log.js';

const root = join(import.meta.dirname, '..', '..');

/** A program that appends 16 messages at a time for ever and prints each sequence with its name. */
const writer = `
  const { openLevelLog } = await import('./src/server/logs/level/level-log.ts');
  const { systemClock } = await import('./src/shared/clock.ts');
  const { encodeUnsequenced } = await import('./src/shared/codec.ts');
  const quiet = () => undefined;
  const reports = {
    onGap: quiet,
    onRenewed: quiet,
    onReadOnly: quiet,
    onUnwritable: quiet,
    onWritable: quiet,
    onUpkeepFailed: quiet,
    onClockDoubted: quiet,
    onClockBelieved: quiet,
  };
  const log = await openLevelLog({ directory: process.env.DIRECTORY, clock: systemClock, reports });
  const write = async (lane) => {
    for (let count = 0; ; count++) {
      const name = lane + '-' + process.pid + '-' + count;
      const content = Buffer.from(name);
      const message = encodeUnsequenced({ timestamp: 1, content, type: 1, from: 'ada', id: name });
      const { sequence } = await log.append({ message: () => message, author: 'ada', id: name, room: 0, kind: 0 });
      process.stdout.write(sequence + ' ' + name + '\\n');
    }
  };
  await Promise.all(Array.from({ length: 16 }, (_, lane) => write(lane)));
`;

/** Kills a process that appends once it has stored `count` messages; returns all that it stored. */
async function appendUntilKilled(
  directory: string,
  count: number,
): Promise<[sequence: number, name: string][]> {
  const child = spawn(process.execPath, ['--import', 'tsx', '--input-type=module', '--eval', writer], {
    cwd: root,
    env: { DIRECTORY: directory },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const answered: [number, string][] = [];
  for await (const line of createInterface({ input: child.stdout })) {
    const [sequence = '', name = ''] = line.split(' ');
    answered.push([Number(sequence), name]);
    if (answered.length === count) child.kill('SIGKILL');
  }
  return answered;
}

test('a killed server leaves every answered message and its id in the log, once and without a gap', async () => {
  const directory = join(temporaryFolder(), 'log');
  const answered: [number, string][] = [];
  for (let round = 0; round < 3; round++) answered.push(...(await appendUntilKilled(directory, 300)));
  expect(answered.length).toBeGreaterThanOrEqual(900);

  const gaps: unknown[] = [];
  const quiet = (): void => undefined;
  const reports: LevelLogReports = {
    onGap: (gap) => gaps.push(gap),
    onRenewed: quiet,
    onReadOnly: quiet,
    onUnwritable: quiet,
    onWritable: quiet,
    onUpkeepFailed: quiet,
    onClockDoubted: quiet,
    onClockBelieved: quiet,
  };
  const log = await openLevelLog({ directory, clock: systemClock, reports });
  const entries = await log.read(0, 1e9);
  expect(sequencesOf(entries)).toEqual(entries.map((_, index) => index + 1));
  const names = textsOf(entries);
  expect(new Set(names).size).toBe(names.length);
  for (const [sequence, name] of answered) expect(names[sequence - 1]).toBe(name);
  const [sequence = 0, id = ''] = answered.at(-1) ?? [];
  expect(await log.append(text('again', { id }))).toEqual({ sequence, duplicate: true });
  expect(gaps).toEqual([]);
  await log.close();
});
