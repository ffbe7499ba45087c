import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { runChat, startChat, startServe, temporaryFolder } from '../chat-process.js';
import { textsOf } from './read-back.js';

const env = { CHAT_USER: 'user1', CHAT_PASSWORD: 'qwerty' };
const oneLine = /^chat: [^\n]+\n$/;
const portOf = (address: string) => address.replace(/^.*:/, '');

describe('serve', () => {
  test.each(['SIGTERM', 'SIGINT'] as const)(
    'prints one line when it is ready, and exits with 0 on %s',
    async (signal) => {
      const server = await startServe(['--store', 'memory']);
      expect(server.stdout()).toMatch(/^listening on localhost:\d+ \(plaintext\)\n$/);
      server.kill(signal);
      expect(await server.ended).toMatchObject({ code: 0, signal: null, stdout: server.stdout() });
    },
  );

  test('keeps its messages over a restart, in files for its user only', async () => {
    const first = await startServe();
    await runChat(['send', first.address, 'still here'], { env });
    first.kill('SIGKILL');
    await first.ended;
    const second = await startServe([], { data: first.data });
    expect(await textsOf(second.address)).toEqual(['still here']);
    const files = readdirSync(first.data, { recursive: true, encoding: 'utf8' });
    expect(files.length).toBeGreaterThan(0);
    for (const file of ['', ...files]) expect(statSync(join(first.data, file)).mode & 0o077).toBe(0);
  });

  test('rejects the data directory of another server in one line', async () => {
    const { data } = await startServe();
    const second = await runChat(['serve', '--port', '0', '--data', data]);
    expect(second).toMatchObject({ code: 1, stdout: '', stderr: expect.stringMatching(oneLine) });
  });

  test('rejects the port of another server in one line', async () => {
    const { address } = await startServe(['--store', 'memory']);
    const second = await runChat(['serve', '--store', 'memory', '--port', portOf(address)]);
    expect(second).toMatchObject({ code: 1, stdout: '', stderr: expect.stringMatching(oneLine) });
    expect(second.stderr).toContain(portOf(address));
  });

  test('prints the certificate before the ready line, and the same one after a restart', async () => {
    const first = await startServe(['--tls-self-signed']);
    expect(first.stdout()).toMatch(
      /^certificate SHA256 ([0-9A-F]{2}:){31}[0-9A-F]{2}\nlistening on localhost:\d+ \(TLS\)\n$/,
    );
    first.kill('SIGTERM');
    await first.ended;
    const second = await startServe(['--tls-self-signed'], { data: first.data });
    expect(second.stdout().split('\n')[0]).toBe(first.stdout().split('\n')[0]);
  });

  test('without TLS exits with 0 after one SIGHUP or two', async () => {
    const server = await startServe(['--store', 'memory']);
    server.kill('SIGHUP');
    server.kill('SIGHUP');
    expect(await server.ended).toMatchObject({ code: 0, signal: null });
  });

  test('with TLS continues after SIGHUP', async () => {
    const server = await startServe(['--tls-self-signed']);
    server.kill('SIGHUP');
    await server.until(({ stderr }) => stderr().includes('certificate'));
    server.kill('SIGTERM');
    expect(await server.ended).toMatchObject({ code: 0 });
  });

  test.each<[string, string[], RegExp]>([
    ['off loopback without users', ['--host', '0.0.0.0', '--tls-self-signed'], /chat users add/],
    ['off loopback without TLS', ['--host', '0.0.0.0', '--demo-users'], /--insecure/],
    ['with a bad port', ['--port', 'http'], /--port/],
    ['with half a certificate', ['--tls-cert', 'x.pem'], /--tls-key/],
    ['with an unknown option', ['--prot', '1'], /Did you mean --port/],
  ])('does not start %s', async (_, args, message) => {
    const ended = await runChat(['serve', '--port', '0', '--data', join(temporaryFolder(), 'd'), ...args]);
    expect(ended).toMatchObject({ code: 2, stdout: '', stderr: expect.stringMatching(oneLine) });
    expect(ended.stderr).toMatch(message);
  });

  test('warns if every user is accepted', async () => {
    const server = await startServe(['--host', '0.0.0.0', '--demo-users', '--insecure']);
    expect(server.stdout()).toMatch(/^listening on 0\.0\.0\.0:\d+ \(plaintext\)\n$/);
    expect(server.stderr()).toMatch(/^chat: warning: .*qwerty|published password/m);
  });

  test('logs one JSON object per line, without passwords and texts', async () => {
    const server = await startServe(['--store', 'memory', '--log-level', 'trace']);
    await runChat(['send', server.address, 'a secret text'], { env });
    await runChat(['send', server.address, 'x'], { env: { ...env, CHAT_PASSWORD: 'wrong-password' } });
    server.kill('SIGTERM');
    const { stderr } = await server.ended;
    for (const line of stderr.split('\n').slice(0, -1))
      expect(() => JSON.parse(line) as unknown).not.toThrow();
    expect(stderr).not.toMatch(/a secret text|wrong-password|qwerty/);
  });

  test('exits immediately if it is interrupted during the start', async () => {
    const server = startChat(['serve', '--store', 'memory', '--port', '0']);
    server.kill('SIGTERM');
    const { code, signal } = await server.ended;
    // Before its handlers are installed, the signal itself ends the process.
    expect(signal ?? code).toBe(signal === null ? 0 : 'SIGTERM');
  });
});
