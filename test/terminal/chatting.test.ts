import { expect, test } from '@jest/globals';
import { runChat, startServe } from '../chat-process.js';
import { startTestServer } from '../server/test-server.js';
import { startTcpProxy } from '../client/tcp-proxy.js';
import { isGivenBack, startTerminal } from './terminal-program.js';

const password = { CHAT_PASSWORD: 'qwerty' };

async function joined(address: string, user: string, rows = 24) {
  const client = startTerminal(['connect', address, '--user', user], { env: password, rows });
  await client.until((text) => text.includes(`${user} @ ${address} · connected`));
  return client;
}

test('two users and a script see the same messages in the same order', async () => {
  const { address } = await startTestServer();
  const [one, two] = await Promise.all([joined(address, 'user1'), joined(address, 'user2')]);
  one.write('good morning\r');
  await two.until((text) => text.includes('good morning'));
  two.write('hello user1\r');
  await one.until((text) => text.includes('hello user1'));
  const sent = await runChat(['send', address, '--user', 'user3', 'from', 'a', 'script'], { env: password });
  expect(sent).toMatchObject({ code: 0, stdout: '', stderr: '' });
  for (const client of [one, two]) {
    await client.until((text) => text.includes('from a script'));
    const order = client
      .screen()
      .flatMap((row) => /(good morning|hello user1|from a script)/.exec(row)?.[0] ?? []);
    expect(order).toEqual(['good morning', 'hello user1', 'from a script']);
  }
});

test('an own message is marked as delivered for a moment at the right end of its first row', async () => {
  const { address } = await startTestServer();
  const client = await joined(address, 'user1');
  client.write('is this on?\r');
  await client.until((text) => / {2}user1 {2}is this on\? +✓$/m.test(text));
  await client.until((text) => / {2}user1 {2}is this on\? *$/m.test(text));
  // Nor do those of the history have a mark.
  const other = await joined(address, 'user1');
  await other.until((text) => / {2}user1 {2}is this on\? *$/m.test(text));
});

test('without a password the login screen asks for it and rejects a wrong one with the reason', async () => {
  const { address } = await startTestServer();
  const client = startTerminal(['connect', address]);
  await client.until((text) => text.includes('user') && text.includes('password'));
  client.write('user1\rwrong-password\r');
  await client.until((text) => text.includes('Login refused: wrong user or password.'));
  expect(client.text()).not.toContain('wrong-password');
  client.write('qwerty\r');
  await client.until((text) => text.includes(`user1 @ ${address} · connected`));
  expect(client.raw()).not.toContain('qwerty');
});

test('a wrong CHAT_PASSWORD leads to the login screen', async () => {
  const { address } = await startTestServer();
  const client = startTerminal(['connect', address, '--user', 'user1'], {
    env: { CHAT_PASSWORD: 'wrong-one' },
  });
  await client.until((text) => text.includes('Login refused: wrong user or password.'));
});

test('a server that is killed and restarted loses no message, and both clients reconnect', async () => {
  const server = await startServe();
  const { address, data } = server;
  const [one, two] = await Promise.all([joined(address, 'user1'), joined(address, 'user2')]);
  one.write('before the crash\r');
  await two.until((text) => text.includes('before the crash'));
  server.kill('SIGKILL');
  await server.ended;
  await one.until((text) => text.includes('reconnecting'));
  one.write('written while it was away\r');
  await one.until((text) => / {2}written while it was away +…$/m.test(text));
  const [, port = ''] = address.split(':');
  const again = await startServe(['--port', port], { data });
  expect(again.address).toBe(address);
  for (const client of [one, two]) {
    await client.until((text) => text.includes('· connected') && text.includes('written while it was away'));
    expect(client.text().match(/before the crash/g)).toHaveLength(1);
    expect(client.text().match(/written while it was away/g)).toHaveLength(1);
  }
  const late = await joined(address, 'user4');
  await late.until((text) => /before the crash[\s\S]*written while it was away/.test(text));
});

test('Ctrl+C twice exits with code 0 and restores the terminal', async () => {
  const { address } = await startTestServer();
  const client = await joined(address, 'user1');
  client.write('\u0003');
  await client.until((text) => text.includes('press Ctrl+C again to quit'));
  client.write('\u0003');
  expect(await client.exitCode).toBe(0);
  expect(isGivenBack(client)).toBe(true);
});

test.each([
  ['/quit\r', 0],
  ['\u0004', 0],
])('%j exits with code %d', async (keys, code) => {
  const { address } = await startTestServer();
  const client = await joined(address, 'user1');
  client.write(keys);
  expect(await client.exitCode).toBe(code);
  expect(isGivenBack(client)).toBe(true);
});

test.each([
  ['SIGINT', 130],
  ['SIGTERM', 143],
  ['SIGHUP', 129],
])('%s restores the terminal and exits with %d', async (signal, code) => {
  const { address } = await startTestServer();
  const client = await joined(address, 'user1');
  client.kill(signal);
  expect(await client.exitCode).toBe(code);
  expect(isGivenBack(client)).toBe(true);
});

test('an unreachable server is reported, and the client keeps retrying', async () => {
  const client = startTerminal(['connect', 'localhost:1', '--user', 'user1'], { env: password });
  await client.until((text) => /user1 @ localhost:1 · reconnecting in \d+ s, attempt \d+/.test(text));
});

test('an unknown command is an error, and two slashes send one', async () => {
  const { address } = await startTestServer();
  const client = await joined(address, 'user1');
  client.write('/frobnicate\r');
  await client.until((text) => text.includes('Unknown command /frobnicate. F1 lists them.'));
  client.write('\u0015//shrug\r');
  await client.until((text) => / {2}\/shrug +✓$/m.test(text));
  expect(client.text()).not.toMatch(/user1 +\/frobnicate/);
});

test('messages written while the server was away are sent in order, each once', async () => {
  const server = await startTestServer();
  const proxy = await startTcpProxy(Number(server.address.split(':')[1]));
  try {
    const client = await joined(`localhost:${proxy.port}`, 'user1', 60);
    proxy.freeze();
    proxy.cut();
    await client.until((text) => text.includes('reconnecting') || text.includes('connecting'));
    const texts = Array.from({ length: 40 }, (_, index) => `unsent ${index + 1}.`);
    // Lines in a burst are a paste.
    for (const unsent of texts) {
      client.write(`${unsent}\r`);
      await client.until((text) => new RegExp(`${unsent} +…`).test(text));
    }
    proxy.thaw();
    proxy.cut();
    await client.until((text) => texts.every((each) => new RegExp(`${each}(?! +…)`).test(text)));
    const other = await joined(server.address, 'user2', 60);
    await other.until((text) => text.includes('unsent 40.'));
    expect(other.text().match(/unsent \d+\./g)).toEqual(texts);
  } finally {
    await proxy.close();
  }
});
