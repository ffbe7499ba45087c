import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { program } from '../screen-client.js';

/** A server under measurement: ours, or the nearest that any broadcaster comes to the limit. */
export type Target = {
  readonly name: string;
  readonly kind: 'chat' | 'nats';
  readonly port: number;
  readonly pid: number;
  stop(): Promise<void>;
};

/** The servers that are compared, each started when its turn comes. */
export const targets: readonly { readonly name: string; readonly start: () => Promise<Target> }[] = [
  { name: 'nats-server', start: startNats },
  { name: 'chat, memory', start: () => startChat('chat, memory', ['--store', 'memory']) },
  { name: 'chat, embedded', start: () => startChat('chat, embedded', []) },
];

async function startChat(name: string, args: readonly string[]): Promise<Target> {
  const data = mkdtempSync(join(tmpdir(), 'chat-bench-'));
  const flags = ['serve', '--port', '0', '--data', data, '--rate', '0', '--log-level', 'error', ...args];
  const server = spawn(process.execPath, [program, ...flags], { stdio: ['ignore', 'pipe', 'inherit'] });
  const [line] = (await once(server.stdout.setEncoding('utf8'), 'data')) as [string];
  const port = Number(/:(\d+) /.exec(line)?.[1]);
  return {
    name,
    kind: 'chat',
    port,
    pid: server.pid ?? 0,
    async stop() {
      await stopped(server);
      rmSync(data, { recursive: true, force: true });
    },
  };
}

async function startNats(): Promise<Target> {
  const port = await freePort();
  const server = spawn('nats-server', ['-a', '127.0.0.1', '-p', String(port)], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  // It may be missing: then there is nothing to compare with.
  const failed = once(server, 'error').then(([error]: unknown[]) => Promise.reject(error as Error));
  let log = '';
  for await (const text of server.stderr.setEncoding('utf8')) {
    log += String(text);
    if (log.includes('Server is ready')) break;
  }
  await Promise.race([failed, Promise.resolve()]);
  return { name: 'nats-server', kind: 'nats', port, pid: server.pid ?? 0, stop: () => stopped(server) };
}

async function stopped(server: ChildProcess): Promise<void> {
  const exited = once(server, 'exit');
  server.kill('SIGTERM');
  await exited;
}

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const address = probe.address();
  probe.close();
  await once(probe, 'close');
  return typeof address === 'object' && address ? address.port : 0;
}

/** The CPU time that a process has used, user and system, in microseconds (Linux). */
export function cpuTime(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
  // Fields 14 and 15 of proc(5), in ticks of 10 ms.
  return (Number(fields[11]) + Number(fields[12])) * 10_000;
}

/** The resident memory of a process in bytes (Linux). */
export function residentMemory(pid: number): number {
  return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) * 1024;
}
