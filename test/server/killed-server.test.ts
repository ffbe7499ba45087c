import { status } from '@grpc/grpc-js';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { startServe, temporaryFolder, type ServerProcess } from '../chat-process.js';
import { portOf } from './server-process.js';
import { loginMetadata, TestClient, textDraft, withClient, type Subscription } from './test-client.js';

const rounds = 20;
const senders = 16;
/** At least as many messages are answered in a round before the server is killed. */
const minAnswersBeforeKill = 60;

/** The sequence in the answer to each id. */
type Answered = Map<string, number>;

const userOf = (id: string): string => `user${(Number(id.split('-')[1]) % 5) + 1}`;

/** Sends from several connections, one message at a time each, until the server is killed; returns the unanswered ids. */
async function sendUntilKilled(server: ServerProcess, round: number, answered: Answered): Promise<string[]> {
  const target = answered.size + minAnswersBeforeKill;
  const unanswered: string[] = [];
  const sender = async (number: number): Promise<void> => {
    const client = new TestClient(portOf(server));
    for (let count = 0; ; count++) {
      const id = `${round}-${number}-${count}`;
      const { status: answer } = await client.send(textDraft(id, { id }), loginMetadata(userOf(id)));
      if (answer.code !== status.OK) {
        unanswered.push(id);
        break;
      }
      answered.set(id, Number(answer.metadata.get('sequence')[0]));
      if (answered.size >= target) server.kill('SIGKILL');
    }
    client.close();
  };
  await Promise.all(Array.from({ length: senders }, (_, number) => sender(number)));
  await server.ended;
  return unanswered;
}

/** Retries with the same ids, as a client does that got no answer. */
async function retry(server: ServerProcess, ids: readonly string[], answered: Answered): Promise<void> {
  await withClient(portOf(server), async (client) => {
    for (const id of ids) {
      const { status: answer } = await client.send(textDraft(id, { id }), loginMetadata(userOf(id)));
      expect(answer.code).toBe(status.OK);
      answered.set(id, Number(answer.metadata.get('sequence')[0]));
    }
  });
}

async function wholeLog(client: TestClient, count: number): Promise<Subscription> {
  const first = client.subscribe();
  await first.opened();
  const whole = { 'log-id': first.value('log-id') ?? '', 'resume-after': '0' };
  const subscription = client.subscribe(loginMetadata('user1', 'qwerty', whole));
  await subscription.until(() => (subscription.messages().at(-1)?.sequence ?? 0) >= count);
  return subscription;
}

test('20 kills under 16 senders lose and duplicate no answered message, and leave no gap', async () => {
  const data = join(temporaryFolder(), 'data');
  const answered: Answered = new Map();
  let unanswered: string[] = [];
  for (let round = 0; round < rounds; round++) {
    const server = await startServe(['--rate', '0'], { data });
    await retry(server, unanswered, answered);
    unanswered = await sendUntilKilled(server, round, answered);
  }
  expect(answered.size).toBeGreaterThanOrEqual(rounds * minAnswersBeforeKill);

  const server = await startServe(['--rate', '0'], { data });
  await retry(server, unanswered, answered);
  await withClient(portOf(server), async (client) => {
    const head = Math.max(...answered.values());
    const messages = (await wholeLog(client, head)).messages();
    expect(messages.map(({ sequence }) => sequence)).toEqual(messages.map((_, index) => index + 1));
    const ids = messages.map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    // Every message has been answered by now, so the log contains exactly these.
    expect(new Map(messages.map(({ id, sequence }) => [id, sequence]))).toEqual(answered);
    expect(messages.every(({ id, content }) => Buffer.from(content).toString() === id)).toBe(true);
    expect(messages.every(({ id, from }) => from === userOf(id))).toBe(true);
  });
  expect(server.stderr()).not.toMatch(/missing|damaged/);
});
