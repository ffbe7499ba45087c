import { fork } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { formatSnapshot } from '../src/server/accounts/account-format.js';
import { formatPasswordHash, scryptHashing } from '../src/server/accounts/password-hash.js';
import { openDataDirectory } from '../src/server/files/data-directory.js';
import { encodeUnsequenced } from '../src/shared/codec.js';
import { contentType, messageKind } from '../src/shared/message.js';
import { messages, simpleChat } from '../src/shared/services.js';
import { watchProcess } from './child.js';
import { openHttp2, type Http2Connection } from './wire/http2-frames.js';

/** The account id of the user `u${index}`. */
export function accountId(index: number): string {
  return String(index + 1).padStart(26, '0');
}

/** A data directory with the users `u0` to `u${count - 1}`, whose passwords are `qwerty` and cost nothing to check. */
export async function dataWithUsers(count: number): Promise<string> {
  const { path } = await openDataDirectory(mkdtempSync(join(tmpdir(), 'chat-bench-')));
  const passwordHash = formatPasswordHash(await scryptHashing({ logN: 1, r: 1, p: 1 }).hash('qwerty'));
  const accounts = Array.from({ length: count }, (_, index) => {
    return { id: accountId(index), name: `u${index}`, credentialVersion: '1', passwordHash };
  });
  const snapshot = formatSnapshot({ initialised: true, accounts, formerAccounts: [] });
  await writeFile(join(path, 'accounts.json'), snapshot, { mode: 0o600 });
  return path;
}

type RoomsServer = {
  readonly port: number;
  readonly pid: number;
  stop(): Promise<void>;
};

/** Starts `rooms-server.ts`. */
export async function startRoomsServer(data: string): Promise<RoomsServer> {
  const child = fork(join(import.meta.dirname, 'rooms-server.ts'), [data], { execArgv: ['--import', 'tsx'] });
  const watched = watchProcess('the server', child);
  const [port] = (await once(child, 'message')) as [number];
  return {
    port,
    pid: child.pid ?? 0,
    async stop() {
      watched.release();
      const exited = once(child, 'exit');
      child.disconnect();
      await exited;
    },
  };
}

export function removeData(path: string): void {
  rmSync(path, { recursive: true, force: true });
}

/** One call; resolves with the bytes of its answer. */
export async function callOnce(
  port: number,
  { path }: { readonly path: string },
  user: string,
  request: Uint8Array,
): Promise<Buffer> {
  const parts: Buffer[] = [];
  let end = (): void => undefined;
  const ended = new Promise<void>((resolve) => (end = resolve));
  const connection = await openHttp2(port, path, user, {
    onData: (_, bytes) => void parts.push(bytes),
    onEnd: end,
  });
  connection.call(request);
  await ended;
  connection.close();
  const answer = Buffer.concat(parts).subarray(5);
  if (parts.length === 0) throw new Error(`${path} was rejected`);
  return answer;
}

/** A stream of all rooms of a user, which resolves when it is confirmed. */
export async function openReader(
  port: number,
  user: string,
  onData: (bytes: Buffer) => void,
  metadata: Readonly<Record<string, string>> = {},
): Promise<Http2Connection> {
  let confirm = (): void => undefined;
  const confirmed = new Promise<void>((resolve) => (confirm = resolve));
  const events = {
    onData(_: number, bytes: Buffer): void {
      onData(bytes);
      confirm();
    },
    onEnd: () => undefined,
  };
  const connection = await openHttp2(port, simpleChat.messageList.path, user, events, {
    rooms: '1',
    ...metadata,
  });
  connection.call(Buffer.alloc(0));
  await confirmed;
  return connection;
}

/** The limit of the server for each connection. */
const maxConcurrentCalls = 32;

/** A connection that posts; resolves when the message is answered. */
export async function openPoster(
  port: number,
  user: string,
): Promise<(room: number, content: Uint8Array) => Promise<void>> {
  const answered = new Map<number, () => void>();
  // Further calls wait here, since the server would reject them.
  const queue: (() => void)[] = [];
  const connection = await openHttp2(port, messages.post.path, user, {
    onData: () => undefined,
    onEnd(stream) {
      answered.get(stream)?.();
      answered.delete(stream);
      queue.shift()?.();
    },
  });
  return (room, content) =>
    new Promise((resolve) => {
      const detail = { room, kind: messageKind.message };
      const draft = { id: randomUUID(), timestamp: Date.now(), type: contentType.text, content };
      const message = encodeUnsequenced({ ...draft, from: '', detail });
      const send = (): void => void answered.set(connection.call(message), resolve);
      if (answered.size < maxConcurrentCalls) send();
      else queue.push(send);
    });
}
