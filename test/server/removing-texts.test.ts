import { createHash, randomBytes } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { afterEach, describe, expect, test } from '@jest/globals';
import type { RunningServer, ServerOptions } from '../../src/server/app/server-options.js';
import { startServer } from '../../src/server/app/start-server.js';
import { eraseAfterMs } from '../../src/server/logs/level/erasure.js';
import { systemClock } from '../../src/shared/clock.js';
import { messageDigest } from '../../src/shared/message-digest.js';
import { contentType } from '../../src/shared/message.js';
import { runInProcess } from '../run-in-process.js';
import { appendInvisible, cheapHashing, dataWithUsers } from './data-with-messages.js';
import { RoomsClient } from './rooms-client.js';
import { observe } from './stranger/observation.js';
import { look, resume } from './stranger/probes.js';
import { testOptions } from './test-server.js';
import { pngOf } from './test-png.js';

const users = ['ann', 'bob'];
const last = 'the last text';
/** Incompressible, so that it is found in compressed files too. */
const secret = (name: string): string => createHash('sha256').update(name).digest('base64url');
const kept = { text: secret('kept'), edited: secret('edited again') };
const removed = [
  'deleted',
  'edited',
  'edited once',
  'mention',
  'in the lobby',
  'in the lobby, edited',
  'reply',
];
const pixels = randomBytes(200).toString('base64url');

let running: RunningServer | undefined;

afterEach(async () => {
  await running?.stop();
});

/** A server whose compaction, due half a day later, happens when it is asked for. */
async function startErasing(dataDirectory: string, more: Partial<ServerOptions> = {}) {
  let erase = (): void => undefined;
  const clock: ServerOptions['clock'] = {
    ...systemClock,
    after(delayMs, task) {
      if (delayMs !== eraseAfterMs) return systemClock.after(delayMs, task);
      erase = task;
      return () => undefined;
    },
  };
  const stored = { store: 'embedded', dataDirectory, hashing: cheapHashing } as const;
  const server = await startServer({ ...testOptions, ...stored, clock, ...more });
  running = server;
  return { port: server.port, erase: () => erase(), stop: () => server.stop() };
}

async function filesWith(directory: string, wanted: string): Promise<string[]> {
  const names = await readdir(directory, { recursive: true, withFileTypes: true });
  const found: string[] = [];
  for (const name of names) {
    if (!name.isFile()) continue;
    // A compaction may have removed the file meanwhile.
    const bytes = await readFile(join(name.parentPath, name.name)).catch(() => Buffer.alloc(0));
    if (bytes.includes(wanted)) found.push(name.name);
  }
  return found;
}

/** The newest sequence, and the digests of the messages as they were. */
type Written = { readonly head: number; readonly digests: ReadonlyMap<number, string> };

/** Posts, edits and deletes. */
async function writeAndRemove(ann: RoomsClient, bob: RoomsClient): Promise<Written> {
  const start = (await ann.list()).upTo;
  const { logId } = await ann.list();
  const { number: room } = await ann.create('plans', { members: ['bob'] });
  const { sequence: deleted } = await ann.post(room, secret('deleted'));
  const { sequence: edited } = await ann.post(room, secret('edited'));
  const { sequence: mention } = await bob.post(room, secret('mention'), { mentions: ['ann', 'all'] });
  const { sequence: reply } = await ann.post(room, secret('reply'), { replyTo: mention });
  const content = Buffer.concat([pngOf(64), Buffer.from(pixels)]);
  const image = (await ann.post(room, '', { type: contentType.image, content })).sequence;
  await ann.post(room, kept.text);
  const inLobby = await ann.sendText(secret('in the lobby'));
  const follower = bob.follow({ logId, after: start });
  await follower.has(secret('in the lobby'));
  follower.stream.cancel();
  await bob.react(deleted, ['👍']);
  await ann.edit(edited, secret('edited once'));
  await ann.edit(edited, kept.edited);
  await ann.edit(inLobby, secret('in the lobby, edited'));
  await ann.delete(inLobby);
  for (const target of [deleted, reply, image]) await ann.delete(target);
  await bob.delete(mention);
  const head = await ann.sendText(last);
  const digests = follower.messages().map((message) => [message.sequence, messageDigest(message)] as const);
  return { head, digests: new Map(digests) };
}

/** Everything that a client can be answered. */
async function answersTo(client: RoomsClient, written: Written): Promise<Buffer> {
  const seen = observe(() => client);
  const { logId } = await client.list();
  const texts = [...removed, ...Object.keys(kept)].map(secret);
  const guesses = { texts, ids: [], userNames: users, logId, ...written };
  await resume(client, seen, guesses, last);
  await look(client, seen, guesses);
  return seen.bytes();
}

async function expectRemoved(port: number, written: Written): Promise<void> {
  for (const user of users) {
    const client = new RoomsClient(port, user);
    const answers = await answersTo(client, written);
    client.close();
    const env = { CHAT_USER: user, CHAT_PASSWORD: 'qwerty' };
    const address = `localhost:${port}`;
    const histories = [];
    for (const args of [[], ['--json'], ['--room', 'plans'], ['--room', 'plans', '--json']])
      histories.push(await runInProcess(['history', address, ...args], { env }));
    expect(histories.map(({ code }) => code)).toEqual([0, 0, 0, 0]);
    const all = Buffer.concat([answers, Buffer.from(histories.map(({ stdout }) => stdout).join(''))]);
    for (const text of [kept.text, kept.edited]) expect(all.includes(text)).toBe(true);
    expect(removed.filter((name) => all.includes(secret(name)))).toEqual([]);
    expect(all.includes(pixels)).toBe(false);
  }
}

describe('what was deleted or replaced', () => {
  test('is in no answer, from memory and from the disk, and after the compaction in no file', async () => {
    const dataDirectory = await dataWithUsers(users);
    const first = await startErasing(dataDirectory);
    const [ann, bob] = [new RoomsClient(first.port, 'ann'), new RoomsClient(first.port, 'bob')];
    const written = await writeAndRemove(ann, bob);
    for (const client of [ann, bob]) client.close();
    await expectRemoved(first.port, written);
    const inFiles = async (): Promise<string[]> => {
      const found: string[] = [];
      for (const name of removed) found.push(...(await filesWith(dataDirectory, secret(name))));
      return [...found, ...(await filesWith(dataDirectory, pixels))];
    };
    expect(await inFiles()).not.toEqual([]);
    first.erase();
    while ((await inFiles()).length > 0) await setImmediate();
    for (const text of [kept.text, kept.edited]) expect(await filesWith(dataDirectory, text)).not.toEqual([]);
    await first.stop();
    await appendInvisible(join(dataDirectory, 'log'));
    const second = await startErasing(dataDirectory, { tailLimits: { maxBytes: 1, maxCount: 1 } });
    await expectRemoved(second.port, written);
    await second.stop();
    expect(await inFiles()).toEqual([]);
  });
});
