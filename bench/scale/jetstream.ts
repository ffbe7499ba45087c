import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { watchProcess, withTimeout } from '../child.js';
import { freePort } from '../target.js';

/** A `nats-server` with JetStream, or a cluster of them. */
export type JetStream = {
  /** The value of `--store`. */
  readonly url: string;
  readonly pids: readonly number[];
  traffic(): Promise<Traffic>;
  stop(): Promise<void>;
};

/** Bytes so far from the chat servers, to them, and on the disk. */
export type Traffic = { readonly received: number; readonly sent: number; readonly stored: number };

type Server = { readonly host: string } & Omit<JetStream, 'url' | 'pids'> & { readonly pid: number };

/** Starts `size` servers; their traffic does not include that within the cluster. */
export async function startJetStream(size = 1): Promise<JetStream> {
  const routes: string[] = [];
  while (size > 1 && routes.length < size) routes.push(`127.0.0.1:${await freePort()}`);
  const servers = await Promise.all(Array.from({ length: size }, (_, index) => startServer(index, routes)));
  const hosts = servers.map(({ host }) => host).join(',');
  return {
    url: `nats://${hosts}?replicas=${size}`,
    pids: servers.map(({ pid }) => pid),
    async traffic() {
      const all = await Promise.all(servers.map((server) => server.traffic()));
      const sum = (field: keyof Traffic): number => all.reduce((total, each) => total + each[field], 0);
      return { received: sum('received'), sent: sum('sent'), stored: sum('stored') };
    },
    async stop() {
      await Promise.all(servers.map((server) => server.stop()));
    },
  };
}

async function startServer(index: number, routes: readonly string[]): Promise<Server> {
  const folder = mkdtempSync(join(tmpdir(), 'chat-scale-'));
  const [config, store] = [join(folder, 'nats.conf'), join(folder, 'store')];
  mkdirSync(store);
  const list = routes.map((route) => `"nats://${route}"`).join(', ');
  const lines = [
    `server_name: "nats${index}"`,
    // -1: any free port.
    'listen: "127.0.0.1:-1"',
    'http: "127.0.0.1:-1"',
    'max_payload: 8MB',
    `jetstream { store_dir: "${store}" }`,
    ...(routes.length === 0
      ? []
      : [`cluster { name: bench, listen: "${routes[index] ?? ''}", routes: [${list}] }`]),
  ];
  writeFileSync(config, lines.join('\n'));
  const server = spawn('nats-server', ['-c', config], { stdio: ['ignore', 'ignore', 'pipe'] });
  let log = '';
  const watched = watchProcess('nats-server', server, () => log.slice(-1000));
  const ready = new Promise<void>((resolve) => {
    // Read to the end, since a nats-server that cannot write its log exits.
    server.stderr.setEncoding('utf8').on('data', (text: string) => {
      if (log.includes('Server is ready')) return;
      log += text;
      if (log.includes('Server is ready')) resolve();
    });
  });
  await withTimeout(() => log, ready);
  const portAfter = (words: string): string => new RegExp(`${words} \\S*:(\\d+)`).exec(log)?.[1] ?? '';
  const [port, monitor] = [portAfter('client connections on'), portAfter('http monitor on')];

  return {
    host: `127.0.0.1:${port}`,
    pid: server.pid ?? 0,
    async traffic() {
      const answer = await fetch(`http://127.0.0.1:${monitor}/varz`);
      const { in_bytes: received, out_bytes: sent } = (await answer.json()) as Record<string, unknown>;
      return { received: Number(received), sent: Number(sent), stored: sizeOf(store) };
    },
    async stop() {
      watched.release();
      const exited = once(server, 'exit');
      server.kill('SIGKILL');
      await exited;
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function sizeOf(folder: string): number {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile());
  return files.reduce((sum, { parentPath, name }) => sum + statSync(join(parentPath, name)).size, 0);
}
