/**
 * The time of each command as a whole process, compared to `node -e 0` in the same run.
 * Run on its own: npm run bench:start.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { performance } from 'node:perf_hooks';
import { quantile } from './median.js';
import { report } from './row.js';
import { program, startClient, startServer } from './screen-client.js';

const rounds = 15;
const server = await startServer(200);

async function run(args: readonly string[]): Promise<number> {
  const start = performance.now();
  const child = spawn(process.execPath, args, {
    // Errors are shown; a process that hangs is killed and fails below.
    stdio: ['ignore', 'ignore', 'inherit'],
    timeout: 60_000,
    env: { ...process.env, CHAT_PASSWORD: 'qwerty', CHAT_USER: 'user2' },
  });
  const [code] = (await once(child, 'exit')) as [number | null];
  if (code !== 0) throw new Error(`${args.join(' ')} ended with ${String(code)}`);
  return performance.now() - start;
}

async function connected(): Promise<number> {
  const start = performance.now();
  const client = startClient(server.address);
  await client.until((output) => output.includes('connected'));
  const time = performance.now() - start;
  client.kill();
  return time;
}

const candidates: readonly (readonly [name: string, measure: () => Promise<number>])[] = [
  ['node -e 0', () => run(['-e', '0'])],
  ['chat --help', () => run([program, '--help'])],
  ['chat send, acknowledged', () => run([program, 'send', server.address, 'hello'])],
  ['chat connect, conversation shown', connected],
];
/** The maximal ratio to the time of an empty Node. */
const limits = new Map([
  ['chat --help', 1.5],
  ['chat send, acknowledged', 3],
  ['chat connect, conversation shown', 6],
]);
const times = new Map<string, number[]>(candidates.map(([name]) => [name, []]));
// Alternating, so that a slow moment of the machine affects all of them; the first round warms up.
for (let round = 0; round <= rounds; round++) {
  for (const [name, measure] of candidates) {
    const time = await measure();
    if (round > 0) times.get(name)?.push(time);
  }
}
const base = quantile(times.get('node -e 0') ?? [], 0.5);
for (const [name, sample] of times) {
  const median = quantile(sample, 0.5);
  const max = limits.get(name);
  report({
    what: `start-up: ${name}`,
    value: median / base,
    unit: '× node',
    ...(max !== undefined && { limit: { max } }),
    details: `${median.toFixed(0)} ms`,
  });
}
server.stop();
