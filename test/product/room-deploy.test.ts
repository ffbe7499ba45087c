import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { createConnection } from 'node:net';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { afterEach, expect, test } from '@jest/globals';
import { parse } from 'yaml';
import { runChat, startChat, temporaryFolder, type ChatProcess } from '../chat-process.js';
import { freePort, startNatsWith, stopAllNats } from '../nats/nats-server-process.js';
import { describeWith } from '../require-tool.js';

const composeText = readFileSync('deploy/compose.scale.yaml', 'utf8');
const compose = parse(composeText, { merge: true }) as {
  readonly services: Readonly<Record<string, { readonly command?: string }>>;
};
/** Where HAProxy comes from, as it has an address of its own in the compose file. */
const proxyAddress = '127.0.0.2';
const password = 'correct horse';
/** As the head of the compose file makes it. */
const natsPassword = execFileSync(
  'sh',
  ['-c', `${/export NATS_PASSWORD=\S+ .*?\)/.exec(composeText)?.[0] ?? ''}; printf %s "$NATS_PASSWORD"`],
  { encoding: 'utf8' },
);
const login = { CHAT_USER: 'anna', CHAT_PASSWORD: password };

const chats: ChatProcess[] = [];
const children: ChildProcess[] = [];

/** Replaces each text, which must stand there: a file that has changed shows. */
function replaced(text: string, changes: Iterable<readonly [string, string]>): string {
  let result = text;
  for (const [from, to] of changes) {
    expect(result).toContain(from);
    result = result.replaceAll(from, to);
  }
  return result;
}

const freePorts = (count: number): Promise<number[]> =>
  Promise.all(Array.from({ length: count }, () => freePort()));

/** Three NATS servers as `deploy/nats.conf` has them; resolves with where clients reach them. */
async function startLog(): Promise<string[]> {
  const config = readFileSync('deploy/nats.conf', 'utf8');
  const [ports, routePorts] = [await freePorts(3), await freePorts(3)];
  const routes = routePorts.map((port, index) => [`nats${index + 1}:6222`, `127.0.0.1:${port}`] as const);
  await Promise.all(
    ports.map((port, index) =>
      startNatsWith(
        replaced(config, [
          ['0.0.0.0:4222', `127.0.0.1:${port}`],
          ['127.0.0.1:8222', '127.0.0.1:-1'],
          ['0.0.0.0:6222', `127.0.0.1:${routePorts[index]}`],
          ['/data', join(temporaryFolder(), 'data')],
          ...routes,
        ]),
        { SERVER_NAME: `nats${index + 1}`, NATS_PASSWORD: natsPassword },
      ),
    ),
  );
  return ports.map((port) => `127.0.0.1:${port}`);
}

/** The private files as the head of the compose file makes them; resolves with their folder. */
function makePrivateFiles(): string {
  const parent = temporaryFolder();
  const commands =
    /^#   mkdir private[^]*?(?=\n#   sudo)/m.exec(composeText)?.[0].replace(/^# {3}/gm, '') ?? '';
  execFileSync('sh', ['-ec', commands], {
    cwd: parent,
    env: { ...process.env, NATS_PASSWORD: natsPassword },
    stdio: 'ignore',
  });
  return join(parent, 'private');
}

/** HAProxy as `deploy/haproxy.cfg` has it; resolves when it listens. */
async function startProxy(port: number, servers: readonly number[]): Promise<void> {
  const config = replaced(readFileSync('deploy/haproxy.cfg', 'utf8'), [
    ['bind :65002', `bind 127.0.0.1:${port}`],
    ['default-server check', `default-server source ${proxyAddress} check`],
    ...servers.map(
      (server, index) =>
        [
          `server chat${index + 1} chat${index + 1}:65002`,
          `server chat${index + 1} 127.0.0.1:${server}`,
        ] as const,
    ),
  ]);
  const file = join(temporaryFolder(), 'haproxy.cfg');
  writeFileSync(file, config);
  execFileSync('haproxy', ['-c', '-f', file], { stdio: 'ignore' });
  const proxy = spawn('haproxy', ['-db', '-f', file], { stdio: ['ignore', 'ignore', 'pipe'] });
  children.push(proxy);
  let written = '';
  proxy.stderr.setEncoding('utf8').on('data', (text: string) => (written += text));
  while (!(await accepts(port))) {
    if (proxy.exitCode !== null) throw new Error(`haproxy ended: ${written}`);
    await wait(20);
  }
}

function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = createConnection(port, '127.0.0.1');
    const end = (isAccepted: boolean): void => {
      socket.destroy();
      resolve(isAccepted);
    };
    socket.on('connect', () => end(true)).on('error', () => end(false));
  });
}

/** The texts that a reader has shown. */
const textsOf = ({ stdout }: ChatProcess): string[] =>
  stdout()
    .split('\n')
    .slice(0, -1)
    .map((line) => (JSON.parse(line) as { readonly text: string }).text);

describeWith(['nats-server', 'haproxy', 'openssl'], 'the files for a room on three servers', () => {
  afterEach(async () => {
    for (const chat of chats) chat.kill('SIGKILL');
    for (const child of children.splice(0)) child.kill('SIGKILL');
    await Promise.all(chats.splice(0).map(({ ended }) => ended));
    stopAllNats();
  });

  test('make one room behind a load balancer, which a client stays in when its server is killed', async () => {
    const [hosts, folder] = [await startLog(), makePrivateFiles()];
    const onThisMachine = (command: string): string =>
      replaced(command, [
        ['nats1,nats2,nats3', hosts.join(',')],
        ['/private/', `${folder}/`],
      ]);
    const command = replaced(onThisMachine(compose.services.chat1?.command ?? ''), [
      ['172.31.65.2', proxyAddress],
    ]);
    const addUser = /chat1 (users add .*)$/m.exec(composeText)?.[1]?.replaceAll('"', '') ?? '';
    const added = await runChat([...onThisMachine(addUser).split(' '), '--password-stdin'], {
      input: `${password}\n`,
    });
    expect(added).toMatchObject({ code: 0, stderr: 'added anna\n' });

    const ports = await freePorts(3);
    const servers = ports.map((port) => startChat([...command.trim().split(/\s+/), '--port', String(port)]));
    chats.push(...servers);
    await Promise.all(
      servers.map((server) => server.until(({ stdout }) => stdout().includes('listening on'))),
    );
    const [front = 0] = await freePorts(1);
    await startProxy(front, ports);
    const at = (port: number): string => `https://localhost:${port}`;
    const trust = ['--ca', join(folder, 'certificate.pem')];
    const send = async (address: string, text: string): Promise<void> => {
      const { code, stderr } = await runChat(['send', '--to', address, ...trust, text], { env: login });
      expect(code === 0 ? 'sent' : stderr).toBe('sent');
    };

    const reader = startChat(['connect', at(front), ...trust, '--json', '--read-only', '-v'], { env: login });
    chats.push(reader);
    await reader.until(({ stderr }) => stderr().includes('connected to'));
    await send(at(front), 'through the load balancer');
    await send(ports.map(at).join(','), 'past it');
    await reader.until(() => textsOf(reader).length === 2);
    // Whichever server it is at, it has to leave it at most twice.
    for (const [index, server] of servers.slice(0, 2).entries()) {
      server.kill('SIGKILL');
      await server.ended;
      await send(ports.map(at).join(','), `without ${index}`);
      await reader.until(() => textsOf(reader).length === 3 + index);
    }
    expect(textsOf(reader)).toEqual(['through the load balancer', 'past it', 'without 0', 'without 1']);
  }, 120_000);
});
