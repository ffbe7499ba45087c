import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { setTimeout } from 'node:timers/promises';
import pty from '@lydell/node-pty';
import xterm from '@xterm/headless';
import { connect } from '../src/client/connection/grpc/grpc-connection.js';
import { parseAddress } from '../src/client/connection/address.js';
import type { Connection } from '../src/client/connection/port.js';
import { watch, watchProcess, withTimeout } from './child.js';

export const program = join(import.meta.dirname, '..', 'bin', 'chat.js');

const timeoutMs = 60_000;

/** A server in a process and a session of its own. */
export type BenchServer = { readonly address: string; readonly pid: number; stop(): void };

/** Starts a server in memory, without a rate limit. */
export async function startServer(history: number): Promise<BenchServer> {
  const args = ['serve', '--port', '0', '--store', 'memory', '--rate', '0', '--history', String(history)];
  const server = spawn(process.execPath, [program, ...args, '--log-level', 'error'], {
    stdio: ['ignore', 'pipe', 'inherit'],
    detached: true,
  });
  const watched = watchProcess('the server', server);
  const printed = once(server.stdout.setEncoding('utf8'), 'data') as Promise<[string]>;
  const [line] = await withTimeout(() => 'the server printed nothing', printed);
  const address = /^listening on (\S+)/m.exec(line)?.[1];
  if (address === undefined) throw new Error(`the server printed: ${line}`);
  return {
    address,
    pid: server.pid ?? 0,
    stop() {
      watched.release();
      server.kill();
    },
  };
}

export function connectAs(user: string, address: string): Connection {
  return connect({ address: parseAddress(address), credentials: { user, password: 'qwerty' } });
}

/**
 * Starts the full-screen client on a pseudo-terminal of 100×30. CLIENT_NODE_OPTIONS are arguments of its Node, also
 * those that NODE_OPTIONS does not accept, such as --cpu-prof.
 */
export function spawnClient(
  address: string,
  options: readonly string[] = [],
  environment: Readonly<Record<string, string>> = {},
) {
  const { PATH, HOME, CLIENT_NODE_OPTIONS = '' } = process.env;
  const nodeOptions = CLIENT_NODE_OPTIONS.split(' ').filter((option) => option !== '');
  const args = [...nodeOptions, program, 'connect', address, '--user', 'user1', ...options];
  const child = pty.spawn(process.execPath, args, {
    cols: 100,
    rows: 30,
    env: {
      PATH,
      HOME,
      TERM: 'xterm-256color',
      COLORTERM: 'truecolor',
      CHAT_PASSWORD: 'qwerty',
      ...environment,
    },
  });
  let tail = '';
  child.onData((data) => (tail = (tail + data.slice(-2000)).slice(-2000)));
  const recent = (): string => `The last output of the client: ${JSON.stringify(tail)}`;
  const watched = watch('the client', child, recent);
  child.onExit(({ exitCode }) => watched.ended(exitCode));
  return {
    pid: child.pid,
    write: (keys: string) => child.write(keys),
    onData: (listener: (data: string) => void) => void child.onData(listener),
    kill() {
      watched.release();
      child.kill();
    },
    /** Its last output, for error messages. */
    recent,
  };
}

/** Starts the client and records its output. */
export function startClient(address: string) {
  const child = spawnClient(address);
  const emulator = new xterm.Terminal({ cols: 100, rows: 30, allowProposedApi: true });
  let output = '';
  const waiting = new Set<() => void>();
  child.onData((data) => {
    output += data;
    emulator.write(data);
    for (const check of [...waiting]) check();
  });
  return {
    ...child,
    /** Discards the output so far. */
    clear: () => void (output = ''),
    output: () => output,
    /** Resolves when the screen shows the text, which may never be written as a whole, since only changes are. */
    async untilShown(text: string) {
      const isShown = () => {
        const { active } = emulator.buffer;
        return Array.from({ length: 30 }, (_, row) => active.getLine(row)?.translateToString()).some((line) =>
          line?.includes(text),
        );
      };
      for (const end = performance.now() + timeoutMs; !isShown();) {
        if (performance.now() > end) throw new Error(`${text} is not shown. ${child.recent()}`);
        await setTimeout(10);
      }
    },
    /** Resolves when the output since the last `clear` satisfies the condition. */
    until(condition: (output: string) => boolean) {
      const met = new Promise<void>((resolve) => {
        const check = () => {
          if (!condition(output)) return;
          waiting.delete(check);
          resolve();
        };
        waiting.add(check);
        check();
      });
      return withTimeout(child.recent, met, timeoutMs);
    },
  };
}
