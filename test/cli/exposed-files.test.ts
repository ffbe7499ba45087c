import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { runChat, startServe, temporaryFolder, type Ended } from '../chat-process.js';
import { testOnReadOnlyMount } from '../server/small-disk.js';

const user = { CHAT_USER: 'user1' };

/** Sends with the password in a file of that mode. */
async function sendWith(mode: number, content: string | Uint8Array = 'qwerty\n'): Promise<Ended> {
  const { address } = await startServe(['--store', 'memory']);
  const file = join(temporaryFolder(), 'password');
  writeFileSync(file, content);
  chmodSync(file, mode);
  return runChat(['send', address, 'x', '--password-file', file], { env: user });
}

test.each([0o600, 0o400, 0o640])('a password file of mode %o is accepted', async (mode) => {
  expect(await sendWith(mode)).toMatchObject({ code: 0 });
});

test.each([0o644, 0o604, 0o666, 0o620])(
  'a password file of mode %o is rejected, with the command that fixes it',
  async (mode) => {
    const { code, stderr } = await sendWith(mode);
    expect(code).toBe(2);
    expect(stderr).toMatch(/^chat: [^\n]*\(mode 0\d{3}\)[^\n]*chmod 600 \/[^\n]*\n$/);
  },
);

test('a password file that is not UTF-8 is rejected', async () => {
  const { code, stderr } = await sendWith(0o600, Uint8Array.of(0x71, 0xff, 0x77, 0x0a));
  expect(code).toBe(2);
  expect(stderr).toContain('is not UTF-8');
});

const mount = temporaryFolder();
testOnReadOnlyMount(
  mount,
  'the secret of a container, which all its users can read, is accepted',
  async (makeReadOnly) => {
    const { address } = await startServe(['--store', 'memory']);
    const file = join(mount, 'secret');
    writeFileSync(file, 'qwerty\n', { mode: 0o444 });
    makeReadOnly();
    expect(await runChat(['send', address, 'x', '--password-file', file], { env: user })).toMatchObject({
      code: 0,
    });
  },
);

test('a configuration and a list of trusted servers that others can change are rejected', async () => {
  const { address } = await startServe(['--tls-self-signed']);
  const config = temporaryFolder();
  const folder = join(config, 'chat');
  mkdirSync(folder);
  const env = { ...user, CHAT_PASSWORD: 'qwerty', XDG_CONFIG_HOME: config };
  const send = (): Promise<Ended> => runChat(['send', `https://${address}`, 'x'], { env });
  for (const [name, content, code] of [
    ['config.toml', '', 2],
    ['trusted-servers.json', '{}', 7],
  ] as const) {
    const file = join(folder, name);
    writeFileSync(file, content);
    chmodSync(file, 0o666);
    const ended = await send();
    expect(ended.stderr).toMatch(
      new RegExp(`^chat: [^\\n]*${name} can be changed[^\\n]*chmod go-w [^\\n]*\\n$`),
    );
    expect(ended.code).toBe(code);
    chmodSync(file, 0o644);
    expect((await send()).stderr).not.toContain('can be changed');
  }
});

test('a key that all users can read, or others can change, is rejected', async () => {
  const { data } = await startServe(['--tls-self-signed']);
  const pem = join(data, 'self-signed.pem');
  for (const mode of [0o644, 0o660]) {
    chmodSync(pem, mode);
    const ended = await runChat([
      'serve',
      '--port',
      '0',
      '--store',
      'memory',
      '--tls-cert',
      pem,
      '--tls-key',
      pem,
    ]);
    expect(ended).toMatchObject({ code: 2, stdout: '', stderr: expect.stringContaining(`chmod 600 ${pem}`) });
  }
});
