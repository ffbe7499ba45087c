import { Metadata, Server, status, type Client, type MethodDefinition } from '@grpc/grpc-js';
import { service as healthService } from 'grpc-health-check';
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { messageDigest } from '../../src/shared/message-digest.js';
import { roomType } from '../../src/shared/message.js';
import { simpleChat } from '../../src/shared/services.js';
import { withBareClient } from './health-client.js';
import type { RoomsClient } from './rooms-client.js';
import { differences, observe, type Observations } from './stranger/observation.js';
import { look, meddle, resume, type Guesses } from './stranger/probes.js';
import { stageServer, type StagedServer } from './stranger/staged-server.js';
import {
  chooseSecrets,
  earlier,
  idOf,
  isConfirmedTo,
  isKnownTo,
  live,
  secrets,
  userNames,
  viewers,
  type Secret,
  type Viewer,
} from './stranger/story.js';

/** The last message of the story. */
const last = 'live in the lobby';
/** Records the methods that the servers have. */
const register = jest.spyOn(Server.prototype, 'register');
/** Their answers are the same for everybody, and the tests below search them too. */
const withoutLogin = /^\/grpc\.(health|reflection)\./;
const maxShown = 5;
const calledPaths = new Set<string>();

type Strings = ReadonlyMap<Secret, string>;

const stringIn = (strings: Strings, secret: Secret): string => strings.get(secret) ?? '';

/** The digest of each message, as read by anna, who is in all rooms except the padding. */
async function digestsIn(staged: StagedServer): Promise<ReadonlyMap<number, string>> {
  const anna = staged.stage.client('anna');
  const stream = anna.follow({ logId: (await anna.list()).logId, after: 0 });
  await stream.has(last);
  stream.stream.cancel();
  return new Map(stream.messages().map((message) => [message.sequence, messageDigest(message)]));
}

/** Reads live while the rest of the story happens. */
async function readLive(client: RoomsClient, seen: Observations, staged: StagedServer): Promise<void> {
  // Of a member of all rooms, who gets every batch first.
  const member = await staged.stage.client('anna').follow().opened();
  const streams = { rooms: await client.follow().opened(), base: client.subscribe() };
  await streams.base.opened();
  const online = client.online();
  await staged.play(live);
  for (const [kind, stream] of Object.entries(streams)) {
    await stream.until(() => stream.texts().includes(last));
    seen.stream(`live ${kind}`, simpleChat.messageList.path, stream, stream.messages());
    stream.stream.cancel();
  }
  online.stream.cancel();
  member.stream.cancel();
}

/** The story as this viewer sees it happen. */
async function watchStory(viewer: Viewer, staged: StagedServer): Promise<Observations> {
  await staged.play(earlier);
  await staged.replaceCarl();
  const seen = observe(() => staged.stage.client(viewer));
  await readLive(staged.stage.client(viewer), seen, staged);
  return seen;
}

/** Everything that a viewer can find out afterwards. */
async function probe(
  viewer: Viewer,
  { staged, seen }: { readonly staged: StagedServer; readonly seen: Observations },
  guesses: Pick<Guesses, 'texts' | 'digests'>,
): Promise<void> {
  const { upTo: head, logId } = await staged.stage.client(viewer).list();
  const all = { userNames, ids: secrets.map(idOf), ...guesses, head, logId };
  // From memory, and from the disk.
  await resume(staged.stage.client(viewer), seen, all, last);
  await staged.restart();
  await resume(staged.stage.client(viewer), seen, all, last);
  await look(staged.stage.client(viewer), seen, all);
  await meddle(seen, all);
}

/** Of each rejected call, of which there are thousands, gRPC makes a stack trace, and Jest maps it to the sources. */
async function withoutStackTraces(task: () => Promise<void>): Promise<void> {
  const { stackTraceLimit } = Error;
  Error.stackTraceLimit = 0;
  try {
    await task();
  } finally {
    Error.stackTraceLimit = stackTraceLimit;
  }
}

describe.each(viewers)('%s', (viewer) => {
  const strings = chooseSecrets();
  const others = chooseSecrets();
  /** All of the story, and the part that is no secret to the viewer. */
  let servers: readonly StagedServer[] = [];
  let inFull: Observations;
  let withoutSecrets: Observations;

  beforeAll(async () => {
    const replaced = (secret: Secret): string =>
      stringIn(isConfirmedTo(secret, viewer) ? strings : others, secret);
    const full = await stageServer((secret) => stringIn(strings, secret), undefined);
    servers = [full];
    const part = await stageServer(replaced, viewer);
    servers = [full, part];
    [inFull, withoutSecrets] = await Promise.all([watchStory(viewer, full), watchStory(viewer, part)]);
    const guesses = { texts: [...strings.values()], digests: await digestsIn(full) };
    await withoutStackTraces(async () => {
      await Promise.all([
        probe(viewer, { staged: full, seen: inFull }, guesses),
        probe(viewer, { staged: part, seen: withoutSecrets }, guesses),
      ]);
    });
    for (const path of inFull.paths) calledPaths.add(path);
  });

  afterAll(() => Promise.all(servers.map((server) => server.stop())));

  test('receives everything that it may see', () => {
    const missing = secrets.filter(
      (secret) => isKnownTo(secret, viewer) && !inFull.bytes().includes(stringIn(strings, secret)),
    );
    expect(missing).toEqual([]);
  });

  test('receives no byte of what it must not see', () => {
    const leaked = secrets.filter(
      (secret) => !isKnownTo(secret, viewer) && inFull.bytes().includes(stringIn(strings, secret)),
    );
    expect(leaked).toEqual([]);
  });

  test('is answered exactly as if what it must not see did not exist', () => {
    expect(differences(inFull.lines, withoutSecrets.lines).slice(0, maxShown)).toEqual([]);
  });
});

describe('everybody', () => {
  const strings = chooseSecrets();
  let staged: StagedServer;

  beforeAll(async () => {
    staged = await stageServer((secret) => stringIn(strings, secret), undefined);
    await staged.play([...earlier, ...live]);
  });

  afterAll(() => staged.stop());

  const secretsIn = (bytes: Buffer): string[] =>
    secrets.filter((secret) => bytes.includes(stringIn(strings, secret)));

  test('finds nothing of the rooms in what the server answers without a login', async () => {
    await withBareClient(staged.port(), async (client) => {
      const answers: Buffer[] = [];
      for (const method of Object.values(healthService))
        answers.push(await answerTo(client, method, { service: '' }));
      expect(answers).toHaveLength(3);
      expect(secretsIn(Buffer.concat(answers))).toEqual([]);
    });
  });

  test('finds nothing of the rooms in the metrics and the log of the server', async () => {
    const metrics = await staged.metrics();
    expect(metrics).toContain('chat_connections');
    expect(secretsIn(Buffer.from(metrics))).toEqual([]);
    const logged = staged.log();
    expect(secretsIn(Buffer.from(logged))).toEqual([]);
  });

  test('learns only that a name is taken when creating or renaming a room like one that cannot be seen', async () => {
    const eve = staged.stage.client('eve');
    const { number: room } = await eve.create('mine', { type: roomType.open });
    for (const name of [stringIn(strings, 'newName'), stringIn(strings, 'openName')]) {
      const taken = { code: status.ALREADY_EXISTS, details: `there is already a room named ${name}` };
      await expect(eve.create(name, { type: roomType.open })).rejects.toMatchObject(taken);
      await expect(eve.update({ room, name })).rejects.toMatchObject(taken);
    }
    await eve.create(stringIn(strings, 'archivedName'), { type: roomType.open });
  });

  test('has called every method of the server', () => {
    const registered = register.mock.calls.map(([path]) => path);
    expect(registered.length).toBeGreaterThan(0);
    const uncalled = registered.filter((path) => !calledPaths.has(path) && !withoutLogin.test(path));
    expect([...new Set(uncalled)]).toEqual([]);
  });
});

/** The first answer to a call without a login, as it is on the wire. */
function answerTo(
  client: Client,
  method: MethodDefinition<object, object>,
  request: object,
): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const { path, requestSerialize } = method;
    const asIs = (bytes: Buffer): Buffer => bytes;
    const stream = client.makeServerStreamRequest(path, requestSerialize, asIs, request, new Metadata());
    stream.on('data', (bytes: Buffer) => {
      resolve(bytes);
      stream.cancel();
    });
    stream.on('error', reject);
  });
}
