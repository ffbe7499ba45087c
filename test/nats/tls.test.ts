import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, test } from '@jest/globals';
import { pino } from 'pino';
import { generate } from 'selfsigned';
import { openNatsLink } from '../../src/server/nats/nats-link.js';
import { parseNatsStore } from '../../src/server/nats/nats-store-options.js';
import { temporaryFolder } from '../chat-process.js';
import { describeWith } from '../require-tool.js';
import { startNats, stopAllNats } from './nats-server-process.js';

const silent = pino({ level: 'silent' });

type Certificate = { readonly cert: string; readonly key: string };

/** A self-signed certificate for an IP address. */
async function certificateFor(ip: string, dates = {}): Promise<Certificate> {
  const folder = temporaryFolder();
  const made = await generate([{ name: 'commonName', value: 'nats' }], {
    extensions: [{ name: 'subjectAltName', altNames: [{ type: 7, ip }] }],
    ...dates,
  });
  const [cert, key] = [join(folder, 'cert.pem'), join(folder, 'key.pem')];
  writeFileSync(cert, made.cert);
  writeFileSync(key, made.private, { mode: 0o600 });
  return { cert, key };
}

/** A NATS with this certificate, which requires the client certificate if one is given. */
function startWith({ cert, key }: Certificate, client?: Certificate) {
  const verify = client ? `ca_file: "${client.cert}", verify: true` : '';
  return startNats({ more: `tls { cert_file: "${cert}", key_file: "${key}", ${verify} }` });
}

/** Expects that a store is rejected without a retry. */
async function refusal(store: string, error: object): Promise<void> {
  const warnings: string[] = [];
  const logger = pino({ level: 'warn' }, { write: (line: string) => void warnings.push(line) });
  await expect(openNatsLink(parseNatsStore(store), logger)).rejects.toMatchObject(error);
  expect(warnings).toEqual([]);
}

describeWith(['nats-server'], 'NATS over TLS', () => {
  afterEach(stopAllNats);

  test('a certificate is trusted by its authority; without that, the error at once names the option', async () => {
    const certificate = await certificateFor('127.0.0.1');
    const { address } = await startWith(certificate);
    const link = await openNatsLink(parseNatsStore(`tls://${address}?ca=${certificate.cert}`), silent);
    expect(link.isUp()).toBe(true);
    await link.close();
    for (const scheme of ['tls', 'nats']) {
      await refusal(`${scheme}://${address}`, {
        code: 'unreachable',
        message: expect.stringMatching(/certificate of NATS at .*: self-signed/),
        hint: expect.stringMatching(/\?ca=FILE/),
      });
    }
  });

  test('a certificate that is for another host, expired or absent is rejected at once', async () => {
    const [other, old] = [
      await certificateFor('10.0.0.7'),
      await certificateFor('127.0.0.1', { notBeforeDate: new Date(0), notAfterDate: new Date(86_400_000) }),
    ];
    const atOther = await startWith(other);
    await refusal(`tls://${atOther.address}?ca=${other.cert}`, {
      code: 'unreachable',
      hint: expect.stringMatching(/as its certificate does/),
    });
    const atOld = await startWith(old);
    await refusal(`tls://${atOld.address}?ca=${old.cert}`, {
      code: 'unreachable',
      hint: expect.stringMatching(/^Renew/),
    });
    const plain = await startNats();
    await refusal(`tls://${plain.address}?ca=${other.cert}`, {
      code: 'unreachable',
      message: expect.stringMatching(/does not speak TLS$/),
    });
  });

  test('NATS accepts a client certificate that it knows; for others the error says what is wrong', async () => {
    const [own, client, stranger] = await Promise.all(
      ['127.0.0.1', '10.0.0.1', '10.0.0.2'].map((ip) => certificateFor(ip)),
    );
    if (!own || !client || !stranger) throw new Error('three certificates were created');
    const { address } = await startWith(own, client);
    const store = `tls://${address}?ca=${own.cert}`;
    const link = await openNatsLink(parseNatsStore(`${store}&cert=${client.cert}&key=${client.key}`), silent);
    expect(link.isUp()).toBe(true);
    await link.close();
    await refusal(store, { code: 'login-refused', hint: expect.stringMatching(/cert=FILE&key=FILE/) });
    await refusal(`${store}&cert=${stranger.cert}&key=${stranger.key}`, {
      code: 'login-refused',
      message: expect.stringContaining(stranger.cert),
    });
    await refusal(`${store}&cert=${client.cert}&key=${stranger.key}`, { code: 'usage' });
    await refusal(`${store}&cert=${client.cert}&key=/nowhere/key.pem`, {
      code: 'usage',
      message: expect.stringMatching(/cannot read \/nowhere\/key\.pem/),
    });
  });
});
