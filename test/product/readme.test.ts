import { chmodSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterEach, describe, expect, test } from '@jest/globals';
import { temporaryFolder } from '../chat-process.js';
import { freePort, startNatsWith, stopAllNats } from '../nats/nats-server-process.js';
import { describeWith } from '../require-tool.js';
import { program, startTerminal, type TerminalProgram } from '../terminal/terminal-program.js';
import { readPackage } from './read-package.js';

/**
 * Commands that are not run as they are: `package.test.ts` installs the program, `test/cli/demo.test.ts` tests
 * `npm start`, and NATS is started below with the README's configuration.
 */
const checkedElsewhere = new Set([
  'npm ci && npm start',
  'npm ci',
  'npm pack',
  'npm install --global --ignore-scripts ./chat-0.1.0.tgz',
  'nats-server -c nats.conf',
]);

/** What a command must show, besides exiting with 0. */
const shows: readonly (readonly [command: string, text: RegExp])[] = [
  ['chat connect --once --tail 20', /<user2> the build is green/],
  ['chat connect --once --room ops', /<user2> deployed 4\.2/],
  ['chat history --search green --since', /"text":"the build is green"/],
  ['chat get 1', /<user2> the build is green again \(edited\)\s+👍 user2/],
  ['chat get 3', /\[image 3 .*\/chat-3\.png/],
  ['chat history --room ops', /<user2> deployed 4\.2/],
  ['chat history --search green --all', /<user2> the build is green/],
  ['node examples/', /<user1> hello from another client/],
  ['chat doctor', /ok +server/],
];

/** Addresses in the README; the test uses free ports instead. */
const readmeNats = 'nats://localhost';
const readmeNatsListen = '127.0.0.1:4222';
const readmeServers = 'localhost:65002,localhost:65003';

const root = join(import.meta.dirname, '..', '..');
const readme = readFileSync(join(root, 'README.md'), 'utf8');
const sections = readme
  .split(/^(?=## )/m)
  .map((text) => ({ title: /^## (.*)/.exec(text)?.[1] ?? 'the top', commands: commandsIn(text) }))
  .filter(({ commands }) => commands.some((command) => !checkedElsewhere.has(command)));
const needsNats = ({ commands }: { readonly commands: readonly string[] }) =>
  commands.some((command) => command.includes(readmeNats));

afterEach(stopAllNats);

describe('the README', () => {
  test.each(rowsOf(sections.filter((section) => !needsNats(section))))(
    'contains commands that work: %s',
    (_, commands) => runAll(commands, newMachine()),
    120_000,
  );

  describeWith(['nats-server'], 'with NATS', () => {
    test.each(rowsOf(sections.filter(needsNats)))(
      'contains commands that work: %s',
      async (_, commands) => {
        const address = `127.0.0.1:${await freePort()}`;
        await startNatsWith(natsConfig(address), {});
        await runAll(
          commands.map((command) => command.replace(readmeNats, `nats://${address}`)),
          newMachine(),
        );
      },
      120_000,
    );
  });

  test('contains every command that is checked elsewhere, with the current version and scripts', () => {
    const commands = commandsIn(readme);
    for (const command of checkedElsewhere) expect(commands).toContain(command);
    expect(readme).toContain(`./chat-${readPackage().version}.tgz`);
    expect(readPackage().scripts).toMatchObject({ start: expect.any(String), test: expect.any(String) });
  });

  test('names the rooms of npm start, and CONTRIBUTING how many there are', () => {
    const demo = readFileSync(join(root, 'scripts', 'demo.mjs'), 'utf8');
    const created = [...demo.matchAll(/'create', '(\w+)'/g)].map(([, name = '']) => `\`#${name}\``);
    expect(readme.replaceAll('\n', ' ')).toContain(`two rooms, \`#lobby\` and ${created.join(' and ')}`);
    expect(readFileSync(join(root, 'CONTRIBUTING.md'), 'utf8')).toMatch(
      /^npm start +# a server with two rooms,/m,
    );
  });

  test('links to files that exist', () => {
    const links = [...readme.matchAll(/\]\(([^)#:]+)(?:#[^)]*)?\)/g)].map(([, path = '']) => path);
    expect(links.filter((path) => !existsSync(join(root, path)))).toEqual([]);
    expect(links.length).toBeGreaterThan(10);
  });
});

function rowsOf(chosen: typeof sections): readonly (readonly [title: string, commands: readonly string[]])[] {
  return chosen.map(({ title, commands }) => [title, commands]);
}

async function runAll(commands: readonly string[], env: Record<string, string>): Promise<void> {
  if (!commands.some(isServe)) await serve('chat serve --store memory', env);
  for (const command of commands) {
    if (checkedElsewhere.has(command)) continue;
    if (isServe(command)) await serve(command, env);
    else if (command.startsWith('export ')) exported(command, env);
    else await runToItsEnd(command, env);
  }
}

/** The README's `nats.conf`, with another address and folder. */
function natsConfig(address: string): string {
  const [, config = ''] = /^```\n(listen: [^]*?)^```/m.exec(readme) ?? [];
  expect(config.trim().split('\n')).toHaveLength(3);
  return config.replace(readmeNatsListen, address).replace('nats-data', temporaryFolder());
}

/** The lines of the shell blocks, without their comments. */
function commandsIn(text: string): string[] {
  return [...text.matchAll(/^```sh\n([^]*?)^```/gm)].flatMap(([, block = '']) =>
    block
      .trim()
      .split('\n')
      .map((line) => line.replace(/ +# .*$/, '')),
  );
}

function isServe(command: string): boolean {
  return command.startsWith('chat serve');
}

/** An environment in which `chat` is on the path and has no settings. */
function newMachine(): Record<string, string> {
  const home = temporaryFolder();
  const chat = join(home, 'chat');
  // The default port may be in use here.
  writeFileSync(
    chat,
    `#!/bin/sh\n[ "$1" = serve ] && set -- "$@" --port 0\nexec '${process.execPath}' '${program}' "$@"\n`,
  );
  chmodSync(chat, 0o755);
  const path = [home, dirname(process.execPath), process.env.PATH ?? ''].join(':');
  return { HOME: home, PATH: path, XDG_CONFIG_HOME: '', XDG_DATA_HOME: '', XDG_STATE_HOME: '' };
}

/** Runs a command in the checkout, in a shell on a terminal. */
function shell(command: string, env: Readonly<Record<string, string>>): TerminalProgram {
  return startTerminal(['-c', `cd '${root}' && ${command}`], {
    command: '/bin/bash',
    columns: 200,
    rows: 50,
    env,
  });
}

/** Starts a server and adds it to the default addresses in `env`. */
async function serve(command: string, env: Record<string, string>): Promise<void> {
  const server = shell(command, env);
  await server.until((text) => text.includes('listening on '));
  const [, port = '', kind = ''] = /listening on \S+:(\d+) \((\w+)/.exec(server.text()) ?? [];
  const address = `${kind === 'TLS' ? 'https://' : ''}localhost:${port}`;
  env.CHAT_ADDRESS = env.CHAT_ADDRESS === undefined ? address : `${env.CHAT_ADDRESS},${address}`;
}

function exported(command: string, env: Record<string, string>): void {
  for (const [, name = '', value = ''] of command.matchAll(/(\w+)=(\S+)/g)) env[name] = value;
}

/** Answers the questions of a command at the terminal, and checks that it ends with 0. */
async function runToItsEnd(command: string, env: Readonly<Record<string, string>>): Promise<void> {
  const here = [readmeServers, 'chat.example.org'].reduce(
    (text, address) => text.replace(address, env.CHAT_ADDRESS ?? ''),
    command,
  );
  const terminal = shell(here, env);
  if (/^chat connect (?!--once)/.test(here)) await logIn(terminal, env);
  if (here.startsWith('chat users add')) {
    for (const question of [/^New password: /m, /^Repeat password: /m]) {
      await terminal.until((text) => question.test(text));
      terminal.write(`${newPassword}\r`);
    }
  }
  const exitCode = await terminal.exitCode;
  expect({ command, exitCode, screen: terminal.text() }).toMatchObject({ exitCode: 0 });
  for (const [start, text] of shows) if (command.startsWith(start)) expect(terminal.text()).toMatch(text);
}

const newPassword = 'correct horse';

/** Enters the password, confirms the certificate, waits for the conversation and leaves. */
async function logIn(terminal: TerminalProgram, env: Readonly<Record<string, string>>): Promise<void> {
  await terminal.until((text) => /Password/i.test(text));
  const isSecure = env.CHAT_ADDRESS?.startsWith('https') === true;
  terminal.write(isSecure ? `${newPassword}\r` : 'qwerty\r');
  if (isSecure) {
    await terminal.until((text) => text.includes('y/n'));
    terminal.write('y');
  }
  await terminal.until((text) => text.includes('· connected'));
  terminal.write('\x04');
}
