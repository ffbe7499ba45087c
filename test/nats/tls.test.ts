import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, test } from '@jest/globals';
import { pino } from 'pino';
import { generate } from 'selfsigned';
import { connectNats } from '../../src/server/nats/nats-link.js';
import { parseNatsStore } from '../../src/server/nats/nats-store-options.js';
import { temporaryFolder } from '../chat-process.js';
import { describeWith } from '../require-tool.js';
import { startNats, stopAllNats } from './nats-server-process.js';

const silent = pino({ level: 'silent' });

/** A certificate for an IP address, and the configuration of a NATS that has it. */
async function certificateFor(ip: string): Promise<{ readonly cert: string; readonly config: string }> {
  const folder = temporaryFolder();
  const made = await generate([{ name: 'commonName', value: 'nats' }], {
    extensions: [{ name: 'subjectAltName', altNames: [{ type: 7, ip }] }],
  });
  const [cert, key] = [join(folder, 'cert.pem'), join(folder, 'key.pem')];
  writeFileSync(cert, made.cert);
  writeFileSync(key, made.private);
  return { cert, config: `tls { cert_file: "${cert}", key_file: "${key}" }` };
}

describeWith(['nats-server'], 'NATS over TLS', () => {
  afterEach(stopAllNats);

  test('is reached by the authority that signed its certificate, and by no other', async () => {
    const { cert, config } = await certificateFor('127.0.0.1');
    const nats = await startNats({ more: config });
    const link = await connectNats(parseNatsStore(`tls://${nats.address}?ca=${cert}`), silent);
    expect(link.isUp()).toBe(true);
    await link.close();
    await expect(connectNats(parseNatsStore(`tls://${nats.address}`), silent)).rejects.toMatchObject({
      code: 'unreachable',
      message: expect.stringMatching(/certificate/),
    });
  });

  test('is refused where the certificate is for another host, and where it speaks plaintext only', async () => {
    const { cert, config } = await certificateFor('10.0.0.7');
    const other = await startNats({ more: config });
    const plain = await startNats();
    await Promise.all(
      [other, plain].map(({ address }) =>
        expect(connectNats(parseNatsStore(`tls://${address}?ca=${cert}`), silent)).rejects.toMatchObject({
          code: 'unreachable',
        }),
      ),
    );
  });
});
