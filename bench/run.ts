/**
 * Runs all benches or the named one, each in a process of its own, and prints their figures and limits as one table:
 * npm run bench [-- NAME [ARGUMENT]]. It fails if a limit is exceeded.
 */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { isWithinLimit, lineOf, type Row } from './row.js';

const all = [
  // A process for each load, so that each bench takes less than four minutes.
  'fan-out 100',
  'fan-out 500',
  'fan-out full',
  'latency',
  'ingest',
  'lines',
  'idle-memory',
  'ten-thousand',
  'long-log',
  'rooms',
  'many-rooms',
  'room-log',
  'scale/start',
  'image-fan-out',
  'start-up',
  'key-to-paint',
  'flood',
  'image-stall',
  'message-counts',
  'attack',
];

const named = process.argv.slice(2);
const benches = (named.length === 0 ? all : [named.join(' ')]).map((bench) => {
  const [name = '', ...args] = bench.split(' ');
  return { file: join(import.meta.dirname, `${name}.ts`), args };
});
const unknown = benches.find(({ file }) => !existsSync(file));
if (unknown) throw new Error(`there is no ${unknown.file}: choose from ${all.join(', ')}`);

const rows: Row[] = [];
for (const { file, args } of benches) {
  const bench = fork(file, args, { execArgv: ['--import', 'tsx'] });
  bench.on('message', (row: Row) => {
    rows.push(row);
    console.log(lineOf(row));
  });
  const [code] = (await once(bench, 'exit')) as [number | null];
  if (code !== 0) process.exitCode = 1;
}
const exceeded = rows.filter((row) => !isWithinLimit(row));
console.log(`${rows.length} figures, ${exceeded.length} over the limit`);
if (exceeded.length > 0) process.exitCode = 1;
