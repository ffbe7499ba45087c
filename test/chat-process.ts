import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from '@jest/globals';

/** The outcome and the output of a process. */
export type Ended = {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
};

/** A running `chat`. */
export type ChatProcess = {
  readonly pid: number;
  readonly stdout: () => string;
  readonly stderr: () => string;
  write(text: string | Uint8Array): void;
  /** Closes stdin. */
  end(): void;
  /** Closes the reading end of its stdout. */
  closeStdout(): void;
  kill(signal: NodeJS.Signals): void;
  /** Resolves when the output satisfies the condition; rejects if the process ends before. */
  until(condition: (process: ChatProcess) => boolean): Promise<void>;
  readonly ended: Promise<Ended>;
};

/** Where and with what environment a `chat` is started. */
export type ChatOptions = {
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  /** Added to node's own arguments, before the program. */
  readonly nodeArgs?: readonly string[];
};

const program = join(import.meta.dirname, '..', 'bin', 'chat.js');
const running = new Set<ChildProcess>();
const folders: string[] = [];

afterAll(() => {
  for (const child of running) child.kill(lastSignal);
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

/** A new folder that is removed after the tests of this file. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'chat-test-'));
  folders.push(folder);
  return folder;
}

/** The home of every `chat` of a test file, so that the files of this machine's user are not used. */
const home = temporaryFolder();

// Where `npm run coverage` collects the coverage of programs; a killed one reports none.
const coverage = process.env.PROGRAM_COVERAGE;

/** Ends a program that a test has left running. */
export const lastSignal = coverage === undefined ? 'SIGKILL' : 'SIGTERM';

/** An environment without variables that change the behaviour of `chat`. */
export function cleanEnvironment(env: Readonly<Record<string, string>> = {}): Record<string, string> {
  return {
    PATH: process.env.PATH ?? '',
    HOME: home,
    XDG_CONFIG_HOME: join(home, 'config'),
    XDG_DATA_HOME: join(home, 'data'),
    XDG_STATE_HOME: join(home, 'state'),
    XDG_CACHE_HOME: join(home, 'cache'),
    ...(coverage === undefined ? {} : { NODE_V8_COVERAGE: coverage }),
    ...env,
  };
}

/** Starts the built program. */
export function startChat(
  args: readonly string[],
  { env, cwd, nodeArgs = [] }: ChatOptions = {},
): ChatProcess {
  const child = spawn(process.execPath, [...nodeArgs, program, ...args], {
    env: cleanEnvironment(env),
    cwd: cwd ?? home,
  });
  running.add(child);
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  // The process may end without reading all of stdin.
  child.stdin.on('error', () => undefined);
  const ended = new Promise<Ended>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code, signal) => {
      running.delete(child);
      resolve({ code, signal, stdout, stderr });
    });
  });
  const chat: ChatProcess = {
    pid: child.pid ?? 0,
    stdout: () => stdout,
    stderr: () => stderr,
    write: (text) => child.stdin.write(text),
    end: () => child.stdin.end(),
    closeStdout: () => child.stdout.destroy(),
    kill: (signal) => child.kill(signal),
    until: (condition) =>
      new Promise((resolve, reject) => {
        const check = () => {
          if (condition(chat)) resolve();
        };
        child.stdout.on('data', check);
        child.stderr.on('data', check);
        child.on('close', () => {
          check();
          reject(new Error(`chat ${args.join(' ')} ended first: ${stdout}${stderr}`));
        });
        check();
      }),
    ended,
  };
  return chat;
}

/** Runs the built program to its end, with `input` on stdin. */
export function runChat(
  args: readonly string[],
  { input = '', ...options }: ChatOptions & { readonly input?: string | Uint8Array } = {},
): Promise<Ended> {
  const chat = startChat(args, options);
  chat.write(input);
  chat.end();
  return chat.ended;
}

/** A `chat serve` that accepts calls. */
export type ServerProcess = ChatProcess & { readonly address: string; readonly data: string };

/** Starts `chat serve` on a free port and a data directory of its own, and waits for its ready line. */
export async function startServe(
  args: readonly string[] = [],
  { data = join(temporaryFolder(), 'data'), ...options }: ChatOptions & { readonly data?: string } = {},
): Promise<ServerProcess> {
  const chat = startChat(['serve', '--port', '0', '--data', data, ...args], options);
  await chat.until(({ stdout }) => stdout().includes('listening on '));
  const address = /^listening on (\S+) /m.exec(chat.stdout())?.[1];
  if (address === undefined) throw new Error(`no address in: ${chat.stdout()}`);
  return { ...chat, address, data };
}
