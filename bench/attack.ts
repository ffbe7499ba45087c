/**
 * Attacks a server on loopback, one attack after the other, for two minutes in all, while a member continues to chat.
 * Measures the memory that each attack costs and the delays of the member.
 * `npm run bench -- attack [SECONDS EACH [together|NUMBER]]`: each attack has a server of its own, unless `together`;
 * NUMBER runs only that attack.
 */
import { status } from '@grpc/grpc-js';
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { setTimeout } from 'node:timers/promises';
import { encodeSearchQuery } from '../src/shared/message-queries.js';
import { contentType } from '../src/shared/message.js';
import { messages } from '../src/shared/services.js';
import { check, withBareClient } from '../test/server/health-client.js';
import { StreamRecord, TestClient, loginMetadata } from '../test/server/test-client.js';
import { attacks } from './attack/attacks.js';
import { noisePng } from './noise-png.js';
import { report } from './row.js';
import { startChat, type Target } from './target.js';

const secondsEach = Number(process.argv[2] ?? 10);
const together = process.argv[3] === 'together';
const only = together || process.argv[3] === undefined ? undefined : Number(process.argv[3]);
const images = 60;
const limits = {
  anonymousMb: 100,
  memberMb: 200,
  p99Ms: 250,
  slowestMs: 500,
  blockedMs: 2000,
} as const;

/** The highest resident memory since the last call. */
function peakMb(pid: number): number {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  writeFileSync(`/proc/${pid}/clear_refs`, '5');
  return Number(/VmHWM:\s+(\d+)/.exec(status)?.[1]) / 1024;
}

const percentile = (values: readonly number[], share: number): number =>
  [...values].sort((a, b) => a - b)[Math.min(values.length - 1, Math.floor(values.length * share))] ?? 0;

/** Runs `task` repeatedly until the returned function is called, which returns the times in milliseconds. */
function timed(intervalMs: number, task: () => Promise<unknown>): () => Promise<number[]> {
  const times: number[] = [];
  let stopped = false;
  const run = async (): Promise<void> => {
    while (!stopped) {
      const start = performance.now();
      await task();
      times.push(performance.now() - start);
      await setTimeout(intervalMs);
    }
  };
  const running = run();
  return async () => {
    stopped = true;
    await running;
    return times;
  };
}

const directory = mkdtempSync(join(tmpdir(), 'chat-attack-'));
const filling = await startChat([], directory);
const filler = new TestClient(filling.port);
const image = await noisePng(1140, 1140);
for (let count = 0; count < images; count++)
  await filler.send({ id: '', timestamp: 1, type: contentType.image, content: image });
for (let count = 0; count < 1000; count++) await filler.sendText(`message ${count} here`, 'user2');
const first = filler.subscribe();
await first.opened();
const logId = first.value('log-id') ?? '';
filler.close();
await filling.stop();

type Victim = {
  readonly server: Target;
  readonly member: TestClient;
  readonly prober: TestClient;
  readonly idleMb: number;
  stop(): Promise<void>;
};

/** Starts a server with a long history and a connected member. */
async function startVictim(): Promise<Victim> {
  const server = await startChat(['--rate', '20', '--max-streams-per-user', '500'], directory);
  const member = new TestClient(server.port);
  const prober = new TestClient(server.port);
  const reader = member.subscribe(loginMetadata('user5'));
  await reader.opened();
  await member.sendText('warm', 'user5');
  return {
    server,
    member,
    prober,
    idleMb: peakMb(server.pid),
    async stop() {
      member.close();
      prober.close();
      await server.stop();
    },
  };
}

async function attackWith(index: number, { server, member, prober, idleMb }: Victim): Promise<void> {
  const { name = '', needsLogin = false } = attacks[index] ?? {};
  peakMb(server.pid);
  const attacker = fork(
    join(import.meta.dirname, 'attack', 'attacker.ts'),
    [server.port, index, secondsEach].map(String),
    {
      execArgv: ['--import', 'tsx'],
      env: { ...process.env, CHAT_ATTACK_LOG_ID: logId },
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    },
  );
  const ended = once(attacker, 'exit');
  const sends = timed(100, () => member.sendText('still here', 'user5'));
  const probes = timed(500, () =>
    withBareClient(server.port, async (client) => {
      const answer = await check(client, '');
      if (answer !== 'SERVING') throw new Error(`a health check was answered by ${answer}`);
    }),
  );
  const searches = timed(1000, async () => {
    const query = encodeSearchQuery({ text: 'message 999', before: 0, limit: 1 });
    const stream = prober.stream(messages.search, query, loginMetadata('user4'));
    const { code, details } = await new StreamRecord(stream, (bytes) => bytes).ended();
    if (code !== status.OK) throw new Error(`a search was answered by ${code} ${details}`);
  });
  await ended;
  const sendTimes = await sends();
  const blocked = Math.max(...(await probes()), ...(await searches()));
  const details = `sends p50 ${percentile(sendTimes, 0.5).toFixed(0)} ms, idle ${idleMb.toFixed(0)} MB`;
  const figure = (what: string, value: number, unit: string, max: number, more?: string): void =>
    report({ what, value, unit, limit: { max }, ...(more !== undefined && { details: more }) });
  const maxMb = needsLogin ? limits.memberMb : limits.anonymousMb;
  figure(name, peakMb(server.pid) - idleMb, 'MB', maxMb, details);
  figure('  sends, p99', percentile(sendTimes, 0.99), 'ms', limits.p99Ms);
  figure('  sends, slowest', Math.max(...sendTimes), 'ms', limits.slowestMs);
  figure('  health check or search, slowest', blocked, 'ms', limits.blockedMs);
}

const shared = together ? await startVictim() : undefined;
const chosen = [...attacks.keys()].filter((index) => only === undefined || index === only);
for (const index of chosen) {
  const victim = shared ?? (await startVictim());
  await attackWith(index, victim);
  if (!shared) await victim.stop();
}
await shared?.stop();
rmSync(directory, { recursive: true, force: true });
