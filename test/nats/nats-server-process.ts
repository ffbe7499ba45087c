import { spawn, type ChildProcess } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Options of `startNats`. */
export type NatsOptions = {
  /** In nats-server's notation; the default is enough for every image. */
  readonly maxPayload?: string;
  /** More lines of its configuration. */
  readonly more?: string;
};

/** A `nats-server` of one test, on a port that it keeps across restarts. */
export type NatsProcess = {
  readonly name: string;
  /** `127.0.0.1:PORT`, as in `--store nats://`. */
  readonly address: string;
  /** The path of its configuration, which it reads at each start. */
  readonly config: string;
  /** The directory of its streams. */
  readonly store: string;
  /** SIGKILL simulates a power cut, SIGTERM is an orderly stop. Resolves when the process has ended. */
  stop(signal?: NodeJS.Signals): Promise<void>;
  /** Pauses it without closing its connections. */
  freeze(): void;
  thaw(): void;
  /** Starts it again after `stop`, with its stored data. */
  restart(): Promise<void>;
};

const running = new Set<ChildProcess>();
const folders: string[] = [];

/** Stops every server of this test file and removes its data; for `afterEach`. */
export function stopAllNats(): void {
  for (const child of running) child.kill('SIGKILL');
  running.clear();
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
}

/** Starts one server with JetStream. */
export async function startNats({ maxPayload = '8MB', more = '' }: NatsOptions = {}): Promise<NatsProcess> {
  return retryWithOtherPorts(async () => {
    const port = await freePort();
    return startOne('single', port, `max_payload: ${maxPayload}\n${more}`);
  });
}

/** Starts a JetStream cluster; resolves before it has elected its leaders. */
export async function startNatsCluster(size = 3): Promise<readonly NatsProcess[]> {
  return retryWithOtherPorts(async () => {
    const ports: number[] = [];
    for (let count = 0; count < size * 2; count++) ports.push(await freePort());
    const clusterPorts = ports.splice(size);
    const routes = clusterPorts.map((port) => `"nats://127.0.0.1:${port}"`).join(', ');
    return Promise.all(
      ports.map((port, index) => {
        const listen = `127.0.0.1:${clusterPorts[index]}`;
        const cluster = `cluster { name: test, listen: "${listen}", routes: [${routes}] }`;
        return startOne(`node${index + 1}`, port, `max_payload: 8MB\n${cluster}`);
      }),
    );
  });
}

/** Starts one server with this configuration and environment; `stopAllNats` stops it too. */
export async function startNatsWith(config: string, env: Readonly<Record<string, string>>): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'chat-nats-'));
  folders.push(folder);
  const file = join(folder, 'nats.conf');
  writeFileSync(file, config);
  await spawnServer(file, env);
}

/** Retries with other ports, since another process may use a free port first. */
async function retryWithOtherPorts<Result>(start: () => Promise<Result>): Promise<Result> {
  for (let left = 3; ; left--) {
    try {
      return await start();
    } catch (error) {
      if (left === 0) throw error;
    }
  }
}

async function startOne(name: string, port: number, more: string): Promise<NatsProcess> {
  const folder = mkdtempSync(join(tmpdir(), 'chat-nats-'));
  folders.push(folder);
  const config = join(folder, 'nats.conf');
  const store = join(folder, 'store');
  mkdirSync(store);
  writeFileSync(
    config,
    [
      `server_name: "${name}"`,
      `listen: "127.0.0.1:${port}"`,
      `jetstream { store_dir: "${store}", max_memory_store: 64MB, max_file_store: 4GB }`,
      more,
    ].join('\n'),
  );
  let child = await spawnServer(config);
  const ended = (): Promise<void> =>
    new Promise((resolve) => {
      if (child.exitCode !== null || child.signalCode !== null) resolve();
      else child.once('exit', () => resolve());
    });
  return {
    name,
    address: `127.0.0.1:${port}`,
    config,
    store,
    async stop(signal = 'SIGTERM') {
      const gone = ended();
      child.kill(signal);
      // nats-server drains its clients for seconds; a test need not wait for that.
      const killTimer = setTimeout(() => child.kill('SIGKILL'), 3000);
      await gone;
      clearTimeout(killTimer);
      running.delete(child);
    },
    freeze: () => void child.kill('SIGSTOP'),
    thaw: () => void child.kill('SIGCONT'),
    async restart() {
      child = await spawnServer(config);
    },
  };
}

async function spawnServer(
  config: string,
  env: Readonly<Record<string, string>> = {},
): Promise<ChildProcess> {
  const child = spawn('nats-server', ['--config', config], {
    stdio: ['ignore', 'ignore', 'pipe'],
    env: { ...process.env, ...env },
  });
  running.add(child);
  let written = '';
  await new Promise<void>((resolve, reject) => {
    child.on('error', reject);
    child.on('exit', () => reject(new Error(`nats-server ended: ${written}`)));
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      written = (written + text).slice(-10_000);
      if (written.includes('Server is ready')) resolve();
    });
  });
  return child;
}

/** A free port below the system's ephemeral ports, so that no other process gets it by chance. */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = randomInt(20_000, 32_000);
    const free = await new Promise<boolean>((resolve) => {
      const probe = createServer();
      probe.once('error', () => resolve(false));
      probe.listen(port, '127.0.0.1', () => probe.close(() => resolve(true)));
    });
    if (free) return port;
  }
}
