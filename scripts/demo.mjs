// `npm start`: a server with a temporary store, two rooms and a direct message, and a client in this terminal.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { constants, tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const program = join(root, 'bin', 'chat.js');
const login = { CHAT_USER: 'user1', CHAT_PASSWORD: 'qwerty' };

if (!existsSync(join(root, 'dist', 'cli', 'main.js'))) {
  console.error('chat: it has not been built yet. Run: npm ci');
  process.exit(1);
}

const data = await mkdtemp(join(tmpdir(), 'chat-demo-'));
const children = [];
let stoppedBy;
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
  process.on(signal, () => {
    stoppedBy ??= signal;
    for (const child of children) child.kill(signal);
  });
}

process.exitCode = await demo().finally(async () => {
  for (const child of children) child.kill('SIGTERM');
  await Promise.all(children.map(ended));
  await rm(data, { recursive: true, force: true });
});
if (stoppedBy === 'SIGHUP') {
  // Without a terminal Node 20 fails an assertion when it exits (nodejs/node#51519).
  process.removeAllListeners(stoppedBy);
  process.kill(process.pid, stoppedBy);
}

async function demo() {
  const server = start(['serve', '--port', '0', '--data', data, '--log-level', 'warn'], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  // Printed only at the end, since the client owns the screen.
  const serverErrors = tail(server.stderr);
  const address = await readyAddress(server);
  if (stoppedBy) return exitCode({ signal: stoppedBy });
  if (address === undefined) {
    process.stderr.write(serverErrors());
    return exitCode(await ended(server));
  }
  // The command is on a line of its own, so that it can be copied.
  const invitation = `Join from a second terminal, password qwerty:\n${joinCommand(address)}`;
  console.log(invitation);
  const chat = (user, command, ...args) =>
    ended(
      start([...command, '--to', address, '--user', user, ...args], {
        stdio: ['ignore', 'ignore', 'inherit'],
        env: { CHAT_PASSWORD: 'qwerty' },
      }),
    );
  const topic = ['--topic', 'Deployments and incidents'];
  await Promise.all([
    // Also sent as the first message, since the client covers this terminal.
    chat('user5', ['send'], invitation),
    chat('user2', ['send', '--direct', 'user1'], 'hello user1, only you can read this'),
    chat('user2', ['rooms', 'create', 'ops'], '--member', 'user1', ...topic).then(
      () => stoppedBy ?? chat('user2', ['send', '--room', 'ops'], 'version 4.2 is deployed'),
    ),
  ]);

  if (stoppedBy) return exitCode({ signal: stoppedBy });
  const client = start(['connect', address], { stdio: 'inherit', env: login });
  const serverEnded = ended(server).then((how) => ({ serverEnded: how }));
  const first = await Promise.race([ended(client), serverEnded]);
  if (!('serverEnded' in first)) return exitCode(first);
  client.kill('SIGTERM');
  await ended(client);
  if (stoppedBy) return exitCode({ signal: stoppedBy });
  process.stderr.write(`${serverErrors()}chat: the server ended\n`);
  return exitCode(first.serverEnded) || 1;
}

function start(args, { env = {}, ...options }) {
  const child = spawn(process.execPath, [program, ...args], {
    ...options,
    env: { ...process.env, CHAT_ADDRESS: '', ...env },
  });
  child.end = new Promise((resolve) => {
    child.on('error', (error) => {
      console.error(`chat: ${error.message}`);
      resolve({ code: 1 });
    });
    child.on('exit', (code, signal) => resolve({ code, signal }));
  });
  children.push(child);
  return child;
}

/** The exit code of a child, or the signal that ended it. */
function ended(child) {
  return child.end;
}

function exitCode({ code, signal }) {
  return code ?? 128 + (constants.signals[signal] ?? 0);
}

/** `localhost:PORT` from the ready line of the server; undefined if it ended before. */
async function readyAddress(server) {
  for await (const line of createInterface({ input: server.stdout })) {
    const address = /^listening on (\S+)/.exec(line)?.[1];
    if (address !== undefined) return address;
  }
  return undefined;
}

/** Reads a stream; the returned function returns its last 16 kB. */
function tail(stream) {
  let text = '';
  stream.setEncoding('utf8').on('data', (chunk) => {
    text = (text + chunk).slice(-16_384);
  });
  return () => text;
}

function joinCommand(address) {
  return `node ${quoted(program)} connect ${address} --user user2`;
}

function quoted(path) {
  return /^[\w./-]+$/.test(path) ? path : `'${path.replaceAll("'", `'\\''`)}'`;
}
