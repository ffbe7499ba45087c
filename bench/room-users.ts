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
import { contentType, messageKind, roomType } from '../src/shared/message.js';
import { encodeNewRoom } from '../src/shared/room-requests.js';
import { messages, rooms } from '../src/shared/services.js';
import { decodeRoom } from '../test/support/room-answers.js';
import { watchProcess } from './child.js';
import type { Target } from './target.js';
import { openCalls } from './wire/chat-wire.js';
import { openHttp2 } from './wire/http2-frames.js';

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

type RoomsServer = Pick<Target, 'kind' | 'port' | 'pid' | 'stop'>;

/** Starts `rooms-server.ts`. */
export async function startRoomsServer(data: string): Promise<RoomsServer> {
  const child = fork(join(import.meta.dirname, 'rooms-server.ts'), [data], { execArgv: ['--import', 'tsx'] });
  const watched = watchProcess('the server', child);
  const [port] = (await once(child, 'message')) as [number];
  return {
    kind: 'chat',
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

/** Returns its number. */
export async function createRoom(
  port: number,
  creator: string,
  name: string,
  members: readonly string[] = [],
): Promise<number> {
  const request = encodeNewRoom({ name, type: roomType.closed, members });
  return decodeRoom(await callOnce(port, rooms.create, creator, request)).number;
}

/** Posts texts to a room; resolves when they are answered. */
export type Poster = (room: number, content: Uint8Array) => Promise<void>;

export async function openPoster(port: number, user: string): Promise<Poster> {
  const { call } = await openCalls(port, messages.post, user);
  return (room, content) => {
    const detail = { room, kind: messageKind.message };
    const draft = { id: randomUUID(), timestamp: Date.now(), type: contentType.text, content };
    return call(encodeUnsequenced({ ...draft, from: '', detail }));
  };
}
