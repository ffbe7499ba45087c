import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { watchProcess, withTimeout, type Child } from './child.js';
import { program } from './screen-client.js';

/** A server under measurement: ours, or nats-server as the peer. */
export type Target = {
  readonly name: string;
  readonly kind: 'chat' | 'nats';
  readonly port: number;
  readonly pid: number;
  /** From its start until it was ready. */
  readonly readyAfterMs: number;
  stop(): Promise<void>;
};

/** A server that can be started and measured. */
export type Candidate = { readonly name: string; readonly start: () => Promise<Target> };

/** The peer, which stores and encodes nothing. */
export const nats: Candidate = { name: 'nats-server', start: startNats };
/** Our server without a disk. */
export const memoryChat: Candidate = { name: 'memory', start: () => startChat(['--store', 'memory']) };
/** Our server with its default store. */
export const embeddedChat: Candidate = { name: 'embedded', start: () => startChat([]) };

/** Starts our server, on a temporary data directory unless one is given. */
export async function startChat(args: readonly string[], directory?: string): Promise<Target> {
  const data = directory ?? mkdtempSync(join(tmpdir(), 'chat-bench-'));
  const flags = [
    'serve',
    '--port',
    '0',
    '--data',
    data,
    '--rate',
    '0',
    '--max-streams-per-user',
    '20000',
    '--log-level',
    'error',
    ...args,
  ];
  const start = performance.now();
  const server = spawn(process.execPath, [program, ...flags], { stdio: ['ignore', 'pipe', 'inherit'] });
  const watched = watchProcess('the server', server);
  const printed = once(server.stdout.setEncoding('utf8'), 'data') as Promise<[string]>;
  const [line] = await withTimeout(() => 'the server printed nothing', printed);
  const readyAfterMs = performance.now() - start;
  return {
    name: args.includes('memory') ? memoryChat.name : embeddedChat.name,
    kind: 'chat',
    port: Number(/:(\d+) /.exec(line)?.[1]),
    pid: server.pid ?? 0,
    readyAfterMs,
    async stop() {
      await stopped(server, watched);
      if (directory === undefined) rmSync(data, { recursive: true, force: true });
    },
  };
}

async function startNats(): Promise<Target> {
  const port = await freePort();
  const start = performance.now();
  const server = spawn('nats-server', ['-a', '127.0.0.1', '-p', String(port)], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  server.once('error', (error) => {
    throw new Error('install nats-server, which the bench compares with', { cause: error });
  });
  let log = '';
  const watched = watchProcess('nats-server', server, () => log);
  for await (const text of server.stderr.setEncoding('utf8')) {
    log += String(text);
    if (log.includes('Server is ready')) break;
  }
  return {
    name: nats.name,
    kind: 'nats',
    port,
    pid: server.pid ?? 0,
    readyAfterMs: performance.now() - start,
    stop: () => stopped(server, watched),
  };
}

async function stopped(server: ChildProcess, watched: Child): Promise<void> {
  watched.release();
  const exited = once(server, 'exit');
  server.kill('SIGTERM');
  await exited;
}

/** Finds a free port, which another process may take meanwhile. */
export async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const address = probe.address();
  probe.close();
  await once(probe, 'close');
  return typeof address === 'object' && address ? address.port : 0;
}

/** The CPU time of a process, user and system, in microseconds (Linux). */
export function cpuMicros(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
  // Fields 14 and 15 of proc(5), in ticks of 10 ms.
  return (Number(fields[11]) + Number(fields[12])) * 10_000;
}

/** The resident memory of a process in bytes (Linux). */
export function residentBytes(pid: number): number {
  return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) * 1024;
}
