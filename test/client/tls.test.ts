import { once } from 'node:events';
import { lstat, mkdir, mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { connect as connectTcp, createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createServer as createTlsServer } from 'node:tls';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { generate } from 'selfsigned';
import {
  hostAndPort,
  parseAddress,
  type Address,
  type AddressList,
} from '../../src/client/connection/address.js';
import { resolveTrustForAll, resolveTrust } from '../../src/client/connection/trust/resolve-trust.js';
import { openTls, type Trust } from '../../src/client/connection/transport/tls.js';
import { openTrustStore, type TrustStore } from '../../src/client/connection/trust/trust-store.js';
import type { ServerOptions } from '../../src/server/app/server-options.js';
import { withServer } from '../server/test-server.js';
import { callOutcome } from './with-session.js';

let directory: string;
let file: string;
let store: TrustStore;
let selfSigned: Partial<ServerOptions>;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'chat-tls-'));
  file = join(directory, 'config', 'trusted.json');
  store = openTrustStore(file);
  selfSigned = { tls: { kind: 'self-signed' }, dataDirectory: join(directory, 'server') };
});
afterEach(() => rm(directory, { recursive: true }));

let warnings: string[];
beforeEach(() => {
  warnings = [];
});
const warn = (text: string): void => void warnings.push(text);

const wrongPin = Array<string>(32).fill('AB').join(':');

/** The result of a call: `ok` or its error. */
const outcome = (address: Address, trust: Trust): Promise<unknown> => callOutcome({ address, trust });

/** Without `confirm` there is no user to ask. */
function resolve(address: Address, confirm?: (fingerprint: string) => Promise<boolean>): Promise<Trust> {
  return resolveTrust({ address, given: {}, store, confirm, timeoutMs: 10_000, warn });
}

describe('a TLS server with a self-signed certificate', () => {
  test('is rejected, and the error shows the fingerprint and the option', async () => {
    await withServer(selfSigned, async ({ port, fingerprint }) => {
      expect(await outcome(parseAddress(`https://localhost:${port}`), {})).toMatchObject({
        code: 'certificate-untrusted',
        message: expect.stringContaining(`it is self-signed (SHA256 ${fingerprint ?? '?'})`),
        hint: expect.stringContaining('--fingerprint'),
      });
    });
  });

  test('is trusted by its fingerprint, also under another name', async () => {
    await withServer(selfSigned, async ({ port, fingerprint }) => {
      for (const host of ['localhost', '127.0.0.1', '[::ffff:127.0.0.1]']) {
        expect(await outcome(parseAddress(`https://${host}:${port}`), { fingerprint })).toBe('ok');
      }
    });
  });

  test('is rejected with another fingerprint', async () => {
    await withServer(selfSigned, async ({ port }) => {
      expect(
        await outcome(parseAddress(`https://localhost:${port}`), { fingerprint: wrongPin }),
      ).toMatchObject({
        code: 'certificate-untrusted',
        message: expect.stringContaining('not the one that is trusted'),
      });
    });
  });

  test('is trusted by its authority, but only under its own names', async () => {
    await withServer(selfSigned, async ({ port }) => {
      const pem = await readFile(join(directory, 'server', 'self-signed.pem'), 'utf8');
      const ca = /-----BEGIN CERTIFICATE-----[^]*?-----END CERTIFICATE-----/.exec(pem)?.[0] ?? '';
      expect(await outcome(parseAddress(`https://localhost:${port}`), { ca })).toBe('ok');
      expect(await outcome(parseAddress(`https://127.0.0.1:${port}`), { ca })).toBe('ok');
      expect(await outcome(parseAddress(`https://[::ffff:127.0.0.1]:${port}`), { ca })).toMatchObject({
        code: 'certificate-untrusted',
        message: expect.stringContaining('it is for another name'),
      });
    });
  });
});

describe('trust on first use', () => {
  test('asks once and stores the answer in a private file', async () => {
    await withServer(selfSigned, async ({ port, fingerprint }) => {
      const address = parseAddress(`https://localhost:${port}`);
      const asked: string[] = [];
      const confirm = (shown: string): Promise<boolean> => {
        asked.push(shown);
        return Promise.resolve(true);
      };
      expect(await resolve(address, confirm)).toEqual({ fingerprint });
      expect(await resolve(address, confirm)).toEqual({ fingerprint });
      expect(asked).toEqual([fingerprint]);
      expect(await outcome(address, await resolve(address))).toBe('ok');
      expect((await stat(file)).mode & 0o777).toBe(0o600);
    });
  });

  test('stores nothing without consent or without a user to ask', async () => {
    await withServer(selfSigned, async ({ port }) => {
      const address = parseAddress(`https://localhost:${port}`);
      const untrusted = expect.objectContaining({ code: 'certificate-untrusted' });
      await expect(resolve(address, () => Promise.resolve(false))).rejects.toEqual(untrusted);
      await expect(resolve(address)).rejects.toEqual(untrusted);
      expect(await store.list()).toEqual(new Map());
    });
  });

  test('rejects a changed certificate until the old one is forgotten', async () => {
    await withServer(selfSigned, async ({ port, fingerprint }) => {
      const address = parseAddress(`https://localhost:${port}`);
      await store.trust(hostAndPort(address), wrongPin);
      const trust = await resolve(address, () => Promise.resolve(true));
      expect(await outcome(address, trust)).toMatchObject({ code: 'certificate-untrusted' });
      expect(await store.forget(hostAndPort(address))).toBe(true);
      expect(await store.forget(hostAndPort(address))).toBe(false);
      expect(await resolve(address, () => Promise.resolve(true))).toEqual({ fingerprint });
    });
  });

  test('rejects all servers if the list of trusted servers is damaged', async () => {
    await store.trust('a:1', wrongPin);
    for (const content of ['', '[]', '{"a:1":"zz"}', '{"a:1":']) {
      await writeFile(file, content);
      await expect(store.find('a:1')).rejects.toMatchObject({ code: 'certificate-untrusted' });
    }
  });

  test('applies once and warns if it cannot be stored', async () => {
    await writeFile(join(directory, 'config'), 'in the way');
    await withServer(selfSigned, async ({ port, fingerprint }) => {
      const address = parseAddress(`https://localhost:${port}`);
      expect(await resolve(address, () => Promise.resolve(true))).toEqual({ fingerprint });
      expect(warnings).toEqual([
        `localhost:${port} is trusted this time only: cannot write the list of trusted servers, ${file}: ` +
          'it is not a directory',
      ]);
    });
  });

  test('applies once if there is no file for the list', async () => {
    store = openTrustStore(undefined);
    await withServer(selfSigned, async ({ port, fingerprint }) => {
      const address = parseAddress(`https://localhost:${port}`);
      expect(await resolve(address, () => Promise.resolve(true))).toEqual({ fingerprint });
      expect(warnings).toEqual([expect.stringContaining('there is no home directory')]);
    });
  });

  test('is stored in the target of a symbolic link', async () => {
    const target = join(directory, 'dotfiles.json');
    await mkdir(join(directory, 'config'));
    await symlink('../dotfiles.json', file);
    for (const server of ['a:1', 'b:1']) await store.trust(server, wrongPin);
    expect((await lstat(file)).isSymbolicLink()).toBe(true);
    expect(Object.keys(JSON.parse(await readFile(target, 'utf8')) as object)).toEqual(['a:1', 'b:1']);
    expect((await readdir(directory)).sort()).toEqual(['config', 'dotfiles.json']);
  });

  test('rejects a file of authorities without a certificate as a usage error', async () => {
    const address = parseAddress('https://name.invalid');
    const given = { ca: 'not a certificate' };
    await expect(
      resolveTrust({ address, given, store, confirm: undefined, timeoutMs: 10_000, warn }),
    ).rejects.toMatchObject({ code: 'usage' });
  });

  test('is not needed for plaintext', async () => {
    expect(await resolve(parseAddress('http://name.invalid'))).toEqual({});
  });
});

describe('trust in several servers', () => {
  const resolveAll = (
    addresses: AddressList,
    confirm?: (fingerprint: string, address: Address) => Promise<boolean>,
  ) => resolveTrustForAll({ addresses, given: {}, store, confirm, timeoutMs: 10_000, warn });
  const atPort = (port: number) => parseAddress(`https://localhost:${port}`);

  test('asks about one reachable server after another, and not about the others', async () => {
    const other = { ...selfSigned, dataDirectory: join(directory, 'other') };
    await withServer(selfSigned, (one) =>
      withServer(other, async (two) => {
        // Nothing may listen on port 1 of this machine.
        const addresses: AddressList = [atPort(one.port), atPort(1), atPort(two.port)];
        const asked: string[] = [];
        const trusted = await resolveAll(addresses, (fingerprint, address) => {
          asked.push(`${fingerprint} of ${hostAndPort(address)}`);
          return Promise.resolve(true);
        });
        const [first, second] = [one.fingerprint ?? '', two.fingerprint ?? ''];
        expect(asked).toEqual([`${first} of localhost:${one.port}`, `${second} of localhost:${two.port}`]);
        expect(trusted.map(({ trust }) => trust)).toEqual([
          { fingerprint: first },
          {},
          { fingerprint: second },
        ]);
        expect((await resolveAll(addresses)).map(({ trust }) => trust)).toEqual(
          trusted.map(({ trust }) => trust),
        );
      }),
    );
  });

  test('does not reject an unknown server without a user to ask', async () => {
    await withServer(selfSigned, async ({ port }) => {
      const [known, unknown] = await resolveAll([parseAddress('http://localhost:1'), atPort(port)]);
      expect([known.trust, unknown?.trust]).toEqual([{}, {}]);
      expect(await outcome(atPort(port), {})).toMatchObject({ code: 'certificate-untrusted' });
    });
  });

  test('is rejected if the user rejects one server', async () => {
    await withServer(selfSigned, async ({ port }) => {
      const no = () => Promise.resolve(false);
      await expect(resolveAll([atPort(1), atPort(port)], no)).rejects.toMatchObject({
        code: 'certificate-untrusted',
      });
    });
  });
});

describe('TLS to a server without TLS', () => {
  test('fails with a hint about http://', async () => {
    const plain = createServer((socket) => {
      socket.on('error', () => undefined);
      socket.once('data', () => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'));
    }).listen(0, '127.0.0.1');
    await once(plain, 'listening');
    const { port } = plain.address() as AddressInfo;
    const address = parseAddress(`https://127.0.0.1:${port}`);
    const expected = { code: 'unreachable', hint: expect.stringContaining('http://') };
    expect(await outcome(address, {})).toMatchObject(expected);
    await expect(resolve(address)).rejects.toMatchObject(expected);
    plain.close();
  });
});

describe('a server name that ends with a dot', () => {
  test('is sent and checked without the dot', async () => {
    const { private: key, cert } = await generate([{ name: 'commonName', value: 'dotted.example' }], {
      extensions: [
        { name: 'basicConstraints', cA: true },
        { name: 'subjectAltName', altNames: [{ type: 2, value: 'dotted.example' }] },
      ],
    });
    const asked: string[] = [];
    const server = createTlsServer({
      key,
      cert,
      ALPNProtocols: ['h2'],
      SNICallback: (name, answer) => {
        asked.push(name);
        answer(null);
      },
    });
    server.on('tlsClientError', () => undefined).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const open = (host: string) =>
      openTls(connectTcp({ host: '127.0.0.1', port }), parseAddress(`https://${host}`), { ca: cert });
    (await open('dotted.example.')).destroy();
    await expect(open('other.example.')).rejects.toMatchObject({ code: 'certificate-untrusted' });
    expect(asked).toEqual(['dotted.example', 'other.example']);
    server.close();
  });
});
