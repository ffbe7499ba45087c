import { readFile, stat } from 'node:fs/promises';
import { withoutMark } from '../../../shared/byte-order-mark.js';
import { errorCode } from '../../../shared/error-code.js';
import { ChatError } from '../../../shared/errors.js';
import { exposureOf } from '../../../shared/file-exposure.js';
import { fileFailure } from '../../../shared/file-failure.js';
import { replaceOwnFile } from '../../system/private-file.js';

/** Confirmed certificates: `host:port` to `AB:CD:…`. */
export type TrustStore = {
  find(server: string): Promise<string | undefined>;
  list(): Promise<ReadonlyMap<string, string>>;
  trust(server: string, fingerprint: string): Promise<void>;
  /** Returns false if the server is unknown. */
  forget(server: string): Promise<boolean>;
};

const maxServers = 10_000;

/** A damaged file throws `certificate-untrusted`; a missing one is empty. Without a file name nothing can be stored. */
export function openTrustStore(file: string | undefined): TrustStore {
  const list = (): Promise<Map<string, string>> => read(file);
  return {
    find: async (server) => (await list()).get(server),
    list,
    async trust(server, fingerprint) {
      const servers = await list();
      await write(file, servers.set(server, fingerprint));
    },
    async forget(server) {
      const servers = await list();
      const isKnown = servers.delete(server);
      if (isKnown) await write(file, servers);
      return isKnown;
    },
  };
}

async function read(file: string | undefined): Promise<Map<string, string>> {
  if (file === undefined) return new Map();
  const access = await stat(file).catch(() => undefined);
  // A user who can write to the file can make the client trust another server.
  const exposure = access && exposureOf(file, access, { allowsOwnGroup: true });
  if (exposure) throw new ChatError('certificate-untrusted', exposure.message, { hint: exposure.hint });
  try {
    return parse(withoutMark(await readFile(file, 'utf8')));
  } catch (cause) {
    if (['ENOENT', 'ENOTDIR'].includes(errorCode(cause))) return new Map();
    throw new ChatError(
      'certificate-untrusted',
      `cannot read the list of trusted servers, ${file}: ${fileFailure(cause)}`,
      {
        hint: 'Repair or remove that file; you will be asked again whom to trust.',
        cause,
      },
    );
  }
}

function parse(text: string): Map<string, string> {
  const content: unknown = JSON.parse(text);
  if (typeof content !== 'object' || content === null || Array.isArray(content)) {
    throw new SyntaxError('not an object');
  }
  const servers = Object.entries(content).slice(0, maxServers);
  return new Map(servers.map(([server, fingerprint]) => [server, parseFingerprint(String(fingerprint))]));
}

async function write(file: string | undefined, servers: ReadonlyMap<string, string>): Promise<void> {
  if (file === undefined) {
    throw new ChatError('usage', 'there is no home directory to keep the list of trusted servers in', {
      hint: 'Set HOME.',
    });
  }
  try {
    await replaceOwnFile(file, `${JSON.stringify(Object.fromEntries(servers), undefined, 2)}\n`);
  } catch (cause) {
    const message = `cannot write the list of trusted servers, ${file}: ${fileFailure(cause)}`;
    throw new ChatError('internal', message, { cause });
  }
}

/** Parses a SHA-256 in hexadecimal, in any case, with or without colons, into `AB:CD:…`. Throws `usage`. */
export function parseFingerprint(text: string): string {
  const digits = text.trim().replaceAll(':', '').toUpperCase();
  if (!/^[0-9A-F]{64}$/.test(digits)) {
    throw new ChatError('usage', 'a fingerprint is a SHA-256: 64 hexadecimal digits, with or without colons');
  }
  return digits.replace(/..(?!$)/g, '$&:');
}
