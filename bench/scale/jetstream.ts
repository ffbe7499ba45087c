import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { watchProcess } from '../child.js';

/** A `nats-server` with JetStream of a bench's own. */
export type JetStream = {
  /** As it stands in `--store`. */
  readonly url: string;
  readonly pid: number;
  /** Bytes that went through it so far, and those that it keeps on disk. */
  traffic(): Promise<Traffic>;
  stop(): Promise<void>;
};

/** Bytes: from the chat servers, to them, and on disk. */
export type Traffic = { readonly received: number; readonly sent: number; readonly stored: number };

/** Starts one, alone: what a cluster's servers say to each other is not in its figures. */
export async function startJetStream(): Promise<JetStream> {
  const folder = mkdtempSync(join(tmpdir(), 'chat-scale-'));
  const config = join(folder, 'nats.conf');
  const lines = [
    // Any free ports.
    'listen: "127.0.0.1:-1"',
    'http: "127.0.0.1:-1"',
    'max_payload: 8MB',
    `jetstream { store_dir: "${join(folder, 'store')}" }`,
  ];
  writeFileSync(config, lines.join('\n'));
  const server = spawn('nats-server', ['-c', config], { stdio: ['ignore', 'ignore', 'pipe'] });
  let log = '';
  const watched = watchProcess('nats-server', server, () => log);
  for await (const text of server.stderr.setEncoding('utf8')) {
    log += String(text);
    if (log.includes('Server is ready')) break;
  }
  const portAfter = (words: string): string => new RegExp(`${words} \\S*:(\\d+)`).exec(log)?.[1] ?? '';
  const [port, monitor] = [portAfter('client connections on'), portAfter('http monitor on')];

  return {
    url: `nats://127.0.0.1:${port}`,
    pid: server.pid ?? 0,
    async traffic() {
      const answer = await fetch(`http://127.0.0.1:${monitor}/varz`);
      const { in_bytes: received, out_bytes: sent } = (await answer.json()) as Record<string, unknown>;
      return { received: Number(received), sent: Number(sent), stored: sizeOf(join(folder, 'store')) };
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
