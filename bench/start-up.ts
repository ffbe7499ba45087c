/**
 * How long each command takes as a whole process, beside `node -e 0` in the same run: scripts start it often.
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
    // What it says when it fails is seen; one that hangs is ended, which fails below.
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
  ['chat send, answered', () => run([program, 'send', server.address, 'hello'])],
  ['chat connect, conversation shown', connected],
];
/** How much longer than an empty Node each may take. */
const bars = new Map([
  ['chat --help', 1.5],
  ['chat send, answered', 3],
  ['chat connect, conversation shown', 6],
]);
const times = new Map<string, number[]>(candidates.map(([name]) => [name, []]));
// In turn, so that a busy moment of the machine meets all of them; the first round only warms up.
for (let round = 0; round <= rounds; round++) {
  for (const [name, measure] of candidates) {
    const time = await measure();
    if (round > 0) times.get(name)?.push(time);
  }
}
const base = quantile(times.get('node -e 0') ?? [], 0.5);
for (const [name, sample] of times) {
  const median = quantile(sample, 0.5);
  const most = bars.get(name);
  report({
    what: `start-up: ${name}`,
    value: median / base,
    unit: '× node',
    ...(most !== undefined && { bar: { most } }),
    details: `${median.toFixed(0)} ms`,
  });
}
server.stop();
