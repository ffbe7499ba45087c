import { chmod, mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { startServe, temporaryFolder, type ServerProcess } from '../chat-process.js';
import { joined, say } from './joined.js';
import type { TerminalProgram } from './terminal-program.js';

let server: ServerProcess;
beforeAll(async () => {
  server = await startServe(['--store', 'memory', '--rate', '0']);
});

/** A state directory of its own. */
function machine() {
  const state = temporaryFolder();
  return { state, env: { XDG_STATE_HOME: state } };
}

async function quit(client: TerminalProgram): Promise<void> {
  client.write('\u0015\u0004');
  expect(await client.exitCode).toBe(0);
}

async function enter(client: TerminalProgram, text: string, answer: string): Promise<void> {
  client.write(text);
  await client.until((screen) => screen.includes(text));
  client.write('\r');
  await client.until((screen) => screen.includes(answer));
}

async function send(client: TerminalProgram, text: string): Promise<void> {
  await enter(client, text, text);
  await client.until((screen) => new RegExp(`${text} +✓`).test(screen));
}

/** Presses Up until that shows the draft: the history is loaded right after connecting. */
async function recall(client: TerminalProgram, draft: string): Promise<void> {
  const isShown = () =>
    client
      .until((text) => text.includes(`│ ${draft} `), 300)
      .then(
        () => true,
        () => false,
      );
  do client.write('\u001b[A');
  while (!(await isShown()));
}

describe('after a restart', () => {
  test('theme, bell, ignored users, highlights and history are as before', async () => {
    const { env } = machine();
    const first = await joined(server.address, 'user1', { env });
    await enter(first, '/theme light', 'colours for a light background');
    await enter(first, '/bell all', 'The bell rings for: all.');
    await enter(first, '/ignore user5', 'user5 is ignored');
    await enter(first, '/highlight deploy', 'deploy is highlighted');
    await send(first, 'good evening');
    await quit(first);
    const second = await joined(server.address, 'user1', { env });
    await enter(second, '/theme', 'colours for a light background');
    await enter(second, '/bell', 'The bell rings for: all.');
    await enter(second, '/ignore', 'Ignored: user5.');
    await enter(second, '/highlight', 'Highlighted: your name, deploy.');
    second.write('\u0012evening');
    await second.until((text) => /│ good evening +│/.test(text));
  });

  test('the client opens at the first unread message, with their number', async () => {
    const { env } = machine();
    const first = await joined(server.address, 'user2', { env });
    await send(first, 'I leave now');
    await quit(first);
    await say(server.address, 'user3', ...Array.from({ length: 30 }, (_, index) => `by night ${index + 1}.`));
    const second = await joined(server.address, 'user2', { env });
    await second.until((text) => text.includes('30 unread messages. Alt+U goes to the first'));
    await second.until((text) => /I leave now[^\n]*\n ─+ new ─+\n[^\n]*by night 1\./.test(text));
    expect(second.text()).not.toContain('by night 30.');
    second.write('\u001b[1;5F');
    await second.until((text) => text.includes('by night 30.'));
    await quit(second);
    // They were not in view for three seconds.
    const third = await joined(server.address, 'user2', { env });
    await third.until((text) => text.includes('30 unread messages'));
    await send(third, 'read all');
    await quit(third);
    const fourth = await joined(server.address, 'user2', { env });
    await fourth.until((text) => text.includes('read all'));
    expect(fourth.text()).not.toMatch(/unread|─ new ─/);
  });

  test('older pages are loaded to reach the first unread message', async () => {
    const { env } = machine();
    const first = await joined(server.address, 'user4', { env });
    await send(first, 'before the long weekend');
    await quit(first);
    await say(server.address, 'user3', ...Array.from({ length: 330 }, (_, index) => `weekend ${index + 1}.`));
    const second = await joined(server.address, 'user4', { env });
    await second.until((text) => text.includes('330 unread messages'));
    await second.until((text) => /before the long weekend[^\n]*\n ─+ new ─+\n[^\n]*weekend 1\./.test(text));
  });

  test('another server shares nothing, even at the same address', async () => {
    const { env } = machine();
    const data = join(temporaryFolder(), 'data');
    const one = await startServe([], { data });
    const first = await joined(one.address, 'user1', { env });
    await send(first, 'the secret plan');
    await enter(first, '/ignore user5', 'user5 is ignored');
    await quit(first);
    one.kill('SIGTERM');
    await one.ended;
    const [, port = ''] = one.address.split(':');
    const two = await startServe(['--port', port]);
    const second = await joined(two.address, 'user1', { env });
    await enter(second, '/ignore', 'No one is ignored.');
    second.write('\u001b[A\u001b[A');
    await second.until((text) => /│ \/ignore +│/.test(text));
    expect(second.text()).not.toContain('secret');
  });
});

test('what was chosen and sent survives the end by a closed terminal', async () => {
  const { state, env } = machine();
  const first = await joined(server.address, 'user1', { env });
  await send(first, 'before the crash');
  const folder = join(state, 'chat', 'servers');
  const stored = async () => {
    const [name = ''] = await readdir(folder).catch(() => []);
    return name === '' ? '' : readFile(join(folder, name), 'utf8').catch(() => '');
  };
  for (let text = ''; !text.includes('before the crash');) text = await stored();
  first.closeWindow();
  await first.exitCode;
  const second = await joined(server.address, 'user1', { env });
  await recall(second, 'before the crash');
});

test('a damaged file is reported once, and stays as it is', async () => {
  const { state, env } = machine();
  await mkdir(join(state, 'chat'));
  const path = join(state, 'chat', 'settings.json');
  await writeFile(path, '{"version": 1, "settings"', { mode: 0o600 });
  const client = await joined(server.address, 'user1', { env, columns: 200 });
  await client.until((text) => text.includes('settings.json is damaged: it is ignored and not changed.'));
  await enter(client, '/theme dark', 'colours for a dark background');
  await quit(client);
  expect(await readFile(path, 'utf8')).toBe('{"version": 1, "settings"');
});

test('config.toml sets the start, and history = false stores nothing that was sent', async () => {
  const { state, env } = machine();
  const config = temporaryFolder();
  await mkdir(join(config, 'chat'));
  const file = join(config, 'chat', 'config.toml');
  await writeFile(file, 'theme = "light"\nbell = "off"\nhighlight = ["deploy"]\nhistory = false\n');
  await chmod(file, 0o600);
  const all = { ...env, XDG_CONFIG_HOME: config };
  const first = await joined(server.address, 'user1', { env: all });
  await enter(first, '/bell', 'The bell rings for: off.');
  await enter(first, '/highlight', 'Highlighted: your name, deploy.');
  await send(first, 'never written down');
  await quit(first);
  const folder = join(state, 'chat', 'servers');
  const texts = await Promise.all(
    (await readdir(folder)).map((name) => readFile(join(folder, name), 'utf8')),
  );
  expect(texts.join('')).not.toContain('written down');
  expect(texts.join('')).toContain('"read"');
});
