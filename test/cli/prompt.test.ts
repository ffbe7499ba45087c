import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { spawn, type IPty } from '@lydell/node-pty';
import {
  cleanEnvironment,
  runChat,
  startServe,
  temporaryFolder,
  type ServerProcess,
} from '../chat-process.js';
import { textsOf } from './read-back.js';

const program = join(import.meta.dirname, '..', '..', 'bin', 'chat.js');
const terminals: IPty[] = [];
let server: ServerProcess;

beforeAll(async () => {
  server = await startServe(['--store', 'memory']);
});

afterAll(() => {
  for (const terminal of terminals) terminal.kill('SIGKILL');
});

/** A command line on its own terminal; prints the exit code and the terminal's settings at the end. */
function onTerminal(commandLine: string) {
  // The shell continues after Ctrl+C, which the terminal sends to it too.
  // It stays at the end, since node-pty may drop what a process that exits has just written.
  const script = `trap : INT; ${commandLine}; echo "ended with $?"; stty -a; echo finished; read -r rest`;
  const terminal = spawn('/bin/sh', ['-c', script], { env: cleanEnvironment({ TERM: 'xterm' }), cols: 200 });
  terminals.push(terminal);
  let output = '';
  const waiting = new Set<() => void>();
  terminal.onData((data) => {
    output += data;
    for (const check of waiting) check();
  });
  return {
    output: () => output,
    type: (keys: string) => terminal.write(keys),
    shows: (text: string | RegExp) =>
      new Promise<void>((resolve, reject) => {
        const check = () => {
          const isShown = output.search(text) >= 0;
          if (!isShown && !output.includes('finished')) return;
          waiting.delete(check);
          if (isShown) resolve();
          else reject(new Error(`the command has ended without ${text}: ${output}`));
        };
        waiting.add(check);
        check();
      }),
  };
}

const send = () => onTerminal(`'${process.execPath}' '${program}' send ${server.address} 'from a terminal'`);
const restored = / icanon (.|\r|\n)* echo /;

describe('chat on a terminal', () => {
  test('asks for user and password, hides the password, and restores the terminal', async () => {
    const terminal = send();
    await terminal.shows('User: ');
    terminal.type('user1\r');
    await terminal.shows('Password of user1: ');
    terminal.type('qwertz\u007fy\r');
    await terminal.shows(restored);
    expect(terminal.output()).toContain('ended with 0');
    expect(terminal.output()).not.toContain('qwert');
    expect(await textsOf(server.address)).toEqual(['from a terminal']);
  });

  test('exits with 130 and restores the terminal on Ctrl+C at the password', async () => {
    const terminal = send();
    await terminal.shows('User: ');
    terminal.type('user1\r');
    await terminal.shows('Password of user1: ');
    terminal.type('qw\u0003');
    await terminal.shows(restored);
    expect(terminal.output()).toContain('ended with 130');
    expect(terminal.output()).not.toContain('qw');
  });

  test('exits with 130 on Ctrl+C at the user', async () => {
    const terminal = send();
    await terminal.shows('User: ');
    terminal.type('\u0003');
    await terminal.shows('ended with 130');
  });

  test('rejects --password-stdin for the full-screen client, whose keyboard is stdin', async () => {
    const connect = onTerminal(
      `echo qwerty | '${process.execPath}' '${program}' connect ${server.address} --password-stdin`,
    );
    await connect.shows('ended with 2');
    expect(connect.output()).toMatch(/--password-stdin cannot be used with the full-screen client.* --plain/);
  });

  test('queries the terminal for doctor, and restores it', async () => {
    const doctor = onTerminal(`stty columns 80; '${process.execPath}' '${program}' doctor ${server.address}`);
    await doctor.shows(restored);
    const [findings = ''] = /^note {2}characters[^]*(?=^ended)/m.exec(doctor.output()) ?? [];
    for (const row of findings.split('\r\n')) expect(row.length).toBeLessThanOrEqual(80);
    expect(doctor.output()).toMatch(/note {2}characters +no locale is set/);
    expect(doctor.output()).toMatch(/note {2}keyboard/);
    expect(doctor.output()).toMatch(/login +not tried/);
    expect(doctor.output()).toContain('ended with 0');
  });

  test('asks twice for a new password', async () => {
    const data = join(temporaryFolder(), 'data');
    const add = () => onTerminal(`'${process.execPath}' '${program}' users add anna --data '${data}'`);
    const differing = add();
    await differing.shows('New password: ');
    differing.type('long enough\r');
    await differing.shows('Repeat password: ');
    differing.type('long enuogh\r');
    await differing.shows('ended with 2');
    const same = add();
    await same.shows('New password: ');
    same.type('long enough\rlong enough\r');
    await same.shows('ended with 0');
    expect(same.output()).toMatch(
      /^A password must have 8 to 128 printable ASCII characters.*\r\nNew password: /,
    );
    expect(differing.output() + same.output()).not.toContain('long');
  });

  test('shows the progress of history while a slow reader reads, and removes it', async () => {
    // Larger than the buffer of a pipe, so that the export must wait for its reader.
    const lines = `${'x'.repeat(4000)}\n`.repeat(60);
    const env = { CHAT_USER: 'user1', CHAT_PASSWORD: 'qwerty' };
    const full = await startServe(['--store', 'memory', '--rate', '0']);
    expect((await runChat(['send', full.address, '--lines'], { env, input: lines })).code).toBe(0);
    const login = 'CHAT_USER=user1 CHAT_PASSWORD=qwerty';
    const slowReader = '{ read -r first; sleep 1; wc -l; }';
    const history = onTerminal(
      `${login} '${process.execPath}' '${program}' history ${full.address} | ${slowReader}`,
    );
    await history.shows(/ended with 0/);
    expect(history.output()).toMatch(/\r(\d+ messages)\r {11,}\r/);
    expect(history.output()).toMatch(/\b59\r?\n/);
  });
});
