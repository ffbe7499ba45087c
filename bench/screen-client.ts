import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import pty from '@lydell/node-pty';
import xterm from '@xterm/headless';
import { connect } from '../src/client/grpc/grpc-connection.js';
import { parseAddress } from '../src/client/address.js';
import type { Connection } from '../src/client/connection.js';

/** The program, as users start it. */
export const program = join(import.meta.dirname, '..', 'bin', 'chat.js');

/** A server in a process of its own, in memory, without a limit on the rate; `stop` ends it. */
export async function startServer(history: number): Promise<{ address: string; stop: () => void }> {
  const args = ['serve', '--port', '0', '--store', 'memory', '--rate', '0', '--history', String(history)];
  const server = spawn(process.execPath, [program, ...args, '--log-level', 'error'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [line] = (await once(server.stdout.setEncoding('utf8'), 'data')) as [string];
  const address = /^listening on (\S+)/m.exec(line)?.[1];
  if (address === undefined) throw new Error(`the server said: ${line}`);
  return { address, stop: () => server.kill() };
}

/** A connection of a demo user. */
export function connectAs(user: string, address: string): Connection {
  return connect({ address: parseAddress(address), credentials: { user, password: 'qwerty' } });
}

/** The full-screen client on a pseudo-terminal of 100×30, and everything it writes. */
export function startClient(address: string) {
  const child = pty.spawn(process.execPath, [program, 'connect', address, '--user', 'user1'], {
    cols: 100,
    rows: 30,
    env: {
      PATH: process.env.PATH,
      HOME: process.env.HOME,
      TERM: 'xterm-256color',
      COLORTERM: 'truecolor',
      CHAT_PASSWORD: 'qwerty',
    },
  });
  const emulator = new xterm.Terminal({ cols: 100, rows: 30, allowProposedApi: true });
  let output = '';
  const waiting = new Set<() => void>();
  child.onData((data) => {
    output += data;
    emulator.write(data);
    for (const check of [...waiting]) check();
  });
  return {
    pid: child.pid,
    write: (keys: string) => child.write(keys),
    kill: () => child.kill(),
    /** Forgets what was written so far. */
    clear: () => void (output = ''),
    output: () => output,
    /** Resolves when the screen shows the text: only what changes is written, so it may never come as a whole. */
    async untilShown(text: string) {
      for (;;) {
        const { active } = emulator.buffer;
        for (let row = 0; row < 30; row++) {
          if (active.getLine(row)?.translateToString().includes(text)) return;
        }
        await setTimeout(10);
      }
    },
    /** Resolves when what was written since the last `clear` satisfies the condition. */
    until: (condition: (output: string) => boolean) =>
      new Promise<void>((resolve) => {
        const check = () => {
          if (!condition(output)) return;
          waiting.delete(check);
          resolve();
        };
        waiting.add(check);
        check();
      }),
  };
}
