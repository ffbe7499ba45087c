import { join } from 'node:path';
import { afterEach } from '@jest/globals';
import pty from '@lydell/node-pty';
import xterm from '@xterm/headless';
import { cleanEnvironment, lastSignal, temporaryFolder } from '../chat-process.js';

/** The program on a pseudo-terminal. */
export type TerminalProgram = {
  /** The rows of the screen, without trailing blanks. */
  screen(): string[];
  /** The rows of the screen as one text. */
  text(): string;
  /** The whole output of the program. */
  raw(): string;
  /** The emulator, for cursor, colours and buffers. */
  readonly emulator: InstanceType<typeof xterm.Terminal>;
  readonly pid: number;
  write(keys: string): void;
  resize(columns: number, rows: number): void;
  kill(signal: string): void;
  /** Closes the terminal. */
  closeWindow(): void;
  /** Rejects with the screen when the program ends or 20 s pass. */
  until(condition: (text: string) => boolean, patienceMs?: number): Promise<void>;
  readonly exitCode: Promise<number>;
};

export type TerminalOptions = {
  readonly columns?: number;
  readonly rows?: number;
  readonly env?: Readonly<Record<string, string>>;
  /** Replies by query, instead of the emulator's own. */
  readonly answers?: Readonly<Record<string, string>>;
  /** Started instead of `chat`, such as a shell that starts it. */
  readonly command?: string;
};

export const program = join(import.meta.dirname, '..', '..', 'bin', 'chat.js');
const defaultPatienceMs = 60_000;
const running = new Set<pty.IPty>();

afterEach(() => {
  for (const child of running) child.kill(lastSignal);
});

/** Starts the built `chat` with these arguments. */
export function startTerminal(args: readonly string[], options: TerminalOptions = {}): TerminalProgram {
  const { columns = 80, rows = 24, env = {}, answers, command } = options;
  const emulator = new xterm.Terminal({ cols: columns, rows, allowProposedApi: true });
  const child = pty.spawn(command ?? process.execPath, command ? [...args] : [program, ...args], {
    cols: columns,
    rows,
    cwd: temporaryFolder(),
    env: cleanEnvironment({ TERM: 'xterm-256color', COLORTERM: 'truecolor', TZ: 'UTC', ...env }),
  });
  running.add(child);
  let raw = '';
  let ended = false;
  const unasked = new Set(Object.keys(answers ?? {}));
  const checks = new Set<() => void>();
  const check = () => {
    for (const each of [...checks]) each();
  };
  child.onData((data) => {
    raw += data;
    for (const question of unasked) {
      if (!raw.includes(question)) continue;
      unasked.delete(question);
      child.write(answers?.[question] ?? '');
    }
    emulator.write(data, check);
  });
  // A terminal answers queries.
  if (!answers) emulator.onData((data) => child.write(data));
  const exitCode = new Promise<number>((resolve) => {
    child.onExit((exit) => {
      ended = true;
      running.delete(child);
      // Parses all output before the next check.
      emulator.write('', () => {
        check();
        resolve(exit.signal ? 128 + exit.signal : exit.exitCode);
      });
    });
  });
  const screen = () => {
    const { active } = emulator.buffer;
    return Array.from(
      { length: emulator.rows },
      (_, row) => active.getLine(active.viewportY + row)?.translateToString(true) ?? '',
    );
  };
  const text = () => screen().join('\n');
  return {
    screen,
    text,
    raw: () => raw,
    emulator,
    pid: child.pid,
    write: (keys) => child.write(keys),
    resize(newColumns, newRows) {
      emulator.resize(newColumns, newRows);
      child.resize(newColumns, newRows);
    },
    kill: (signal) => child.kill(signal),
    // Exists on Unix, but is missing in the types.
    closeWindow: () => (child as pty.IPty & { destroy(): void }).destroy(),
    until: (condition, patienceMs = defaultPatienceMs) =>
      new Promise((resolve, reject) => {
        const settle = (outcome: () => void) => {
          clearTimeout(timer);
          checks.delete(attempt);
          outcome();
        };
        const attempt = () => {
          if (condition(text())) settle(resolve);
          else if (ended) settle(() => reject(new Error(`the program ended. Its screen:\n${text()}`)));
        };
        const timer = setTimeout(
          () => settle(() => reject(new Error(`waited in vain. The screen:\n${text()}`))),
          patienceMs,
        );
        checks.add(attempt);
        attempt();
      }),
    exitCode,
  };
}

/** Whether the terminal is restored: normal screen, cursor on, no modes on. */
export function isGivenBack({ emulator }: TerminalProgram): boolean {
  const { modes, buffer } = emulator;
  return (
    buffer.active.type === 'normal' &&
    !modes.bracketedPasteMode &&
    !modes.sendFocusMode &&
    modes.mouseTrackingMode === 'none'
  );
}
