import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { runChat, startServe, temporaryFolder, type ServerProcess } from '../chat-process.js';
import { startReferenceServer } from '../client/reference-server.js';

let server: ServerProcess;
const folder = temporaryFolder();
// The locations on Linux, macOS and Windows.
const env = { HOME: folder, XDG_CONFIG_HOME: join(folder, 'config'), APPDATA: folder };
const places = [
  join(folder, 'config', 'chat'),
  join(folder, 'Library', 'Preferences', 'chat'),
  join(folder, 'chat', 'Config'),
];

const configure = (text: string) => {
  for (const place of places) {
    mkdirSync(place, { recursive: true });
    writeFileSync(join(place, 'config.toml'), text);
  }
};
const run = (args: readonly string[], more: Readonly<Record<string, string>> = {}) =>
  runChat(args, { env: { ...env, ...more } });

beforeAll(async () => {
  server = await startServe(['--store', 'memory']);
  writeFileSync(join(folder, 'password'), 'qwerty\n', { mode: 0o600 });
  configure(`
    address = "work"
    [servers.work]
    address = "${server.address}"
    user = "user3"
    password-file = "${join(folder, 'password')}"
  `);
});

describe('the configuration file', () => {
  test('contains a server, its user and the source of its password', async () => {
    expect(await run(['send', '--to', 'work', 'by name'])).toMatchObject({ code: 0, stderr: '' });
    expect(await run(['send', 'by default'])).toMatchObject({ code: 0, stderr: '' });
    expect((await run(['connect', 'work', '--once'])).stdout).toMatch(
      /<user3> by name\n.*<user3> by default\n/,
    );
    expect((await run(['history', '--limit', '1'])).stdout).toMatch(/<user3> by default\n$/);
  });

  test('is overridden by the environment, and that by options', async () => {
    const variable = { CHAT_USER: 'user4' };
    await run(['send', 'from the variable'], variable);
    await run(['send', '--user', 'user5', 'from the option'], variable);
    const { stdout } = await run(['connect', '--once', '--tail', '2']);
    expect(stdout).toMatch(/<user4> from the variable\n.*<user5> from the option\n/);
    expect(await run(['send', 'x'], { CHAT_PASSWORD: 'wrong' })).toMatchObject({ code: 4 });
    expect(await run(['send', 'x'], { CHAT_ADDRESS: 'localhost:1' })).toMatchObject({ code: 2 });
  });

  test('a name with a port is a host', async () => {
    const ended = await run(['connect', 'http://work:1', '--once'], { CHAT_USER: 'a', CHAT_PASSWORD: 'b' });
    expect(ended.code).toBe(3);
  });

  test('doctor reports the source of each value, and a working login', async () => {
    const { stdout, code } = await run(['doctor'], { CHAT_USER: 'user2' });
    expect(code).toBe(0);
    expect(stdout).toMatch(/^ok {4}configuration .*config\.toml$/m);
    expect(stdout).toMatch(/^ok {4}server +work, that is localhost:\d+ \(from the configuration\) answers$/m);
    expect(stdout).toMatch(/^ok {4}user +user2 \(from CHAT_USER\)$/m);
    expect(stdout).toMatch(/^ok {4}password +from password-file in .*config\.toml$/m);
    expect(stdout).toMatch(/^ok {4}login +user2 can log in; images up to 4\.2 MB$/m);
    expect(stdout).toMatch(/^ok {4}rooms +user2 is in 1 room$/m);
    expect(stdout).not.toMatch(/qwerty|\u001b/);
  });

  test('doctor reports in how many rooms the user is, and a server without rooms', async () => {
    const as = (user: string, args: string[]) => run(args, { CHAT_USER: user, CHAT_PASSWORD: 'qwerty' });
    await as('user3', ['rooms', 'create', 'ops', '--to', 'work']);
    for (const other of ['user4', 'user5'])
      await as('user3', ['send', '--to', 'work', '--direct', other, 'hi']);
    expect((await as('user3', ['doctor'])).stdout).toMatch(
      /^ok {4}rooms +user3 is in 2 rooms and 2 direct rooms$/m,
    );
    const reference = await startReferenceServer();
    const { stdout } = await as('user1', ['doctor', `127.0.0.1:${reference.port}`]);
    expect(stdout).toMatch(/^note {2}rooms +the server has a single room$/m);
  });

  test('doctor reports the error of a server and exits with its code', async () => {
    const { stdout, code } = await run(['doctor', 'localhost:1'], { CHAT_USER: 'a', CHAT_PASSWORD: 'b' });
    expect(code).toBe(3);
    expect(stdout).toMatch(
      /^BAD {3}server +no server answers at localhost:1 \(from the command line\)\n {20}Start one with: chat serve$/m,
    );
    expect(stdout).toMatch(/^note {2}login +not tried: no server to log in to$/m);
  });

  test('doctor contacts the server even without a login', async () => {
    const nobody = { XDG_CONFIG_HOME: temporaryFolder() };
    const missing = await run(['doctor', 'localhost:1'], nobody);
    expect(missing).toMatchObject({ code: 3, stdout: expect.stringMatching(/^BAD {3}server /m) });
    const there = await run(['doctor', server.address], nobody);
    expect(there).toMatchObject({ code: 0, stdout: expect.stringMatching(/^ok {4}server .* answers$/m) });
  });

  test('doctor reports a refused login and an unknown certificate, with advice', async () => {
    const login = { CHAT_USER: 'user1', CHAT_PASSWORD: 'wrong' };
    const refused = await run(['doctor', server.address], login);
    expect(refused.code).toBe(4);
    expect(refused.stdout).toMatch(/^BAD {3}login +wrong user or password\n {20}Check the user name/m);
    const secure = await startServe(['--store', 'memory', '--tls-self-signed']);
    const unknown = await run(['doctor', `https://${secure.address}`], login);
    expect(unknown.code).toBe(7);
    expect(unknown.stdout).toMatch(/^ok {4}server .* answers$/m);
    expect(unknown.stdout).toMatch(/^BAD {3}TLS .*not trusted.*\n {20}Compare it .*--fingerprint/m);
  });

  test('every command that reads it reports an error with its line', async () => {
    const broken = temporaryFolder();
    mkdirSync(join(broken, 'chat'));
    writeFileSync(join(broken, 'chat', 'config.toml'), '# settings\nadress = "x"\n');
    for (const args of [['send', 'x'], ['connect'], ['history']]) {
      const { code, stderr } = await run(args, { XDG_CONFIG_HOME: broken });
      expect(code).toBe(2);
      expect(stderr).toMatch(/^chat: .*config\.toml, line 2: there is no setting "adress" here/);
    }
    const { code, stdout } = await run(['doctor', server.address], {
      XDG_CONFIG_HOME: broken,
      CHAT_USER: 'user2',
      CHAT_PASSWORD: 'qwerty',
    });
    expect(code).toBe(2);
    expect(stdout).toMatch(
      /^BAD {3}configuration .*config\.toml, line 2: there is no setting "adress" here/m,
    );
    expect(stdout).toMatch(/^ok {4}login +user2 can log in/m);
  });
});
