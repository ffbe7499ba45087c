import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { expect, test } from '@jest/globals';
import { openLevelLog } from '../../src/server/logs/level/level-log.js';
import { allKinds } from '../../src/server/messages/message-log.js';
import { systemClock } from '../../src/shared/clock.js';
import { decodeText } from '../../src/shared/text.js';
import { temporaryFolder } from '../chat-process.js';
import { sequencesOf, text, textsOf } from '../contract/message-log.js';
import { silentReports } from './logs/level-directory.js';

const root = join(import.meta.dirname, '..', '..');

/** A program that appends 16 messages at a time for ever, to the lobby and to rooms, and prints each sequence with its name. */
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
    let room = 0;
    for (let count = 0; ; count++) {
      if (room > 0 && count % 10 === 0) await log.roomState.save(log.head(), Buffer.from('up to ' + log.head()));
      const name = lane + '-' + process.pid + '-' + count;
      const content = Buffer.from(name);
      const isNew = count === 0 && lane < 4;
      if (isNew) room = 'new';
      const detail = { room: isNew ? 0 : room, kind: isNew ? 4 : 0 };
      const plain = { timestamp: 1, content, type: 1, from: 'ada', id: name };
      const message = encodeUnsequenced(room === 0 ? plain : { ...plain, detail });
      const { sequence } = await log.append({ message: () => message, author: 'ada', id: name, room, kind: detail.kind });
      if (isNew) room = sequence;
      process.stdout.write(sequence + ' ' + name + ' ' + room + '\\n');
    }
  };
  await Promise.all(Array.from({ length: 16 }, (_, lane) => write(lane)));
`;

type Answered = readonly [sequence: number, name: string, room: number];

/** Kills a process that appends once it has stored `count` messages; returns all that it stored. */
async function appendUntilKilled(directory: string, count: number): Promise<Answered[]> {
  const child = spawn(process.execPath, ['--import', 'tsx', '--input-type=module', '--eval', writer], {
    cwd: root,
    env: { DIRECTORY: directory },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const answered: Answered[] = [];
  for await (const line of createInterface({ input: child.stdout })) {
    const [sequence = '', name = '', room = ''] = line.split(' ');
    answered.push([Number(sequence), name, Number(room)]);
    if (answered.length === count) child.kill('SIGKILL');
  }
  return answered;
}

test('a killed server leaves every answered message and its id in the log and in its room, once and without a gap', async () => {
  const directory = join(temporaryFolder(), 'log');
  const answered: Answered[] = [];
  for (let round = 0; round < 3; round++) answered.push(...(await appendUntilKilled(directory, 300)));
  expect(answered.length).toBeGreaterThanOrEqual(900);

  const gaps: unknown[] = [];
  const reports = { ...silentReports, onGap: (gap: unknown) => gaps.push(gap) };
  const log = await openLevelLog({ directory, clock: systemClock, reports });
  const entries = await log.read(0, 1e9);
  expect(sequencesOf(entries)).toEqual(entries.map((_, index) => index + 1));
  const names = textsOf(entries);
  expect(new Set(names).size).toBe(names.length);
  for (const [sequence, name] of answered) expect(names[sequence - 1]).toBe(name);
  const rooms = new Set(answered.map(([, , room]) => room));
  expect(rooms.size).toBeGreaterThan(4);
  for (const room of rooms) {
    const of = { room, kinds: allKinds };
    const inRoom = sequencesOf(entries.filter((entry) => entry.room === room));
    expect(sequencesOf(await log.readBefore(0, 1e9, 1e9, of)).toReversed()).toEqual(inRoom);
    expect(answered.filter((one) => one[2] === room).every(([sequence]) => inRoom.includes(sequence))).toBe(
      true,
    );
  }
  const saved = decodeText((await log.roomState.load()) ?? new Uint8Array(0));
  expect(Number(/^up to (\d+)$/.exec(saved)?.[1])).toBeLessThanOrEqual(log.head());
  const [sequence = 0, id = ''] = answered.at(-1) ?? [];
  expect(await log.append(text('again', { id }))).toEqual({ sequence, duplicate: true });
  expect(gaps).toEqual([]);
  await log.close();
});
