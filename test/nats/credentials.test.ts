import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { afterEach, expect, test } from '@jest/globals';
import { pino } from 'pino';
import { openNatsLink } from '../../src/server/nats/nats-link.js';
import { parseNatsStore } from '../../src/server/nats/nats-store-options.js';
import { startServe, temporaryFolder, type ServerProcess } from '../chat-process.js';
import { describeWith } from '../require-tool.js';
import { runInProcess } from '../run-in-process.js';
import { portOf } from '../server/server-process.js';
import { TestClient } from '../server/test-client.js';
import { startNats, stopAllNats } from './nats-server-process.js';
import { createOperator } from './operator.js';

const servers: ServerProcess[] = [];
const oneLine = /^chat: [^\n]+\n$/;

describeWith(['nats-server'], 'a NATS that requires a login', () => {
  afterEach(async () => {
    for (const server of servers) server.kill('SIGKILL');
    await Promise.all(servers.splice(0).map(({ ended }) => ended));
    stopAllNats();
  });

  /** The error for a store that cannot be used; without a retry, since waiting does not help. */
  async function refusal(store: string): Promise<{ readonly code: number | null; readonly stderr: string }> {
    const { code, stdout, stderr } = await runInProcess(['serve', '--port', '0', '--store', store]);
    expect(stdout).toBe('');
    expect(stderr).toMatch(oneLine);
    return { code, stderr };
  }

  /** Starts a server and sends a message through it. */
  async function useStore(store: string): Promise<void> {
    const server = await startServe(['--store', store]);
    servers.push(server);
    const client = new TestClient(portOf(server));
    try {
      expect(await client.sendText('in')).toBe(1);
    } finally {
      client.close();
    }
  }

  test('a server logs in with a credentials file of the operator, and with no other', async () => {
    const operator = createOperator();
    const nats = await startNats({ more: operator.config });
    const store = `nats://${nats.address}`;
    const noFile = join(temporaryFolder(), 'no.creds');
    writeFileSync(noFile, 'chat:secret\n', { mode: 0o600 });

    expect(await refusal(store)).toMatchObject({ code: 4, stderr: expect.stringContaining('?creds=FILE') });
    expect((await refusal(`${store}?creds=${operator.strangersCredentials}`)).code).toBe(4);
    const { code, stderr } = await refusal(`${store}?creds=${noFile}`);
    expect(code).toBe(2);
    expect(stderr).toContain('is not a NATS credentials file');
    expect(stderr).not.toContain('secret');
    await useStore(`${store}?creds=${operator.credentials}`);
  });

  test('a server logs in with a password from a file, and rejects one in the address', async () => {
    const nats = await startNats({ more: 'authorization { user: chat, password: "top secret" }' });
    const passwordFile = join(temporaryFolder(), 'password');
    writeFileSync(passwordFile, 'top secret\n', { mode: 0o600 });

    expect((await refusal(`nats://${nats.address}`)).code).toBe(4);
    const inAddress = await refusal(`nats://chat:secret@${nats.address}`);
    expect(inAddress.code).toBe(2);
    expect(inAddress.stderr).not.toContain('secret');
    await useStore(`nats://${nats.address}?user=chat&password-file=${passwordFile}`);
  });

  test('a login that NATS rejects for a while is logged once, and so is the return of NATS', async () => {
    const nats = await startNats({ more: 'authorization { user: chat, password: right }' });
    const passwordFile = join(temporaryFolder(), 'password');
    writeFileSync(passwordFile, 'right', { mode: 0o600 });
    const lines: string[] = [];
    const logger = pino({ base: null, timestamp: false }, { write: (line: string) => void lines.push(line) });
    const store = parseNatsStore(`nats://${nats.address}?user=chat&password-file=${passwordFile}`);
    const link = await openNatsLink(store, logger);
    // One for each attempt that NATS rejects.
    let rejectedAttempts = 0;
    const watch = async (): Promise<void> => {
      for await (const { type } of link.connection.status()) if (type === 'error') rejectedAttempts++;
    };
    const watched = watch();
    try {
      let back = (): void => undefined;
      const isBack = new Promise<void>((resolve) => (back = resolve));
      let returns = 0;
      link.onUp(() => {
        returns++;
        back();
      });
      const config = readFileSync(nats.config, 'utf8');
      await nats.stop('SIGKILL');
      writeFileSync(nats.config, config.replace('right', 'other'));
      await nats.restart();
      while (rejectedAttempts < 3) await wait(20);
      await nats.stop('SIGKILL');
      writeFileSync(nats.config, config);
      await nats.restart();
      await isBack;
      await link.connection.flush();
      await link.close();
      await watched;
      expect(returns).toBe(1);
      expect(lines.map((line) => JSON.parse(line) as object)).toEqual([
        expect.objectContaining({ msg: expect.stringMatching(/^NATS is away/) }),
        expect.objectContaining({ reason: 'Authorization Violation' }),
        expect.objectContaining({ msg: 'NATS is back' }),
      ]);
    } finally {
      await link.close();
    }
  });
});
