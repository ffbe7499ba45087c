import { expect, test } from '@jest/globals';
import { startReferenceServer } from '../client/reference-server.js';
import { startChat, startServe } from '../chat-process.js';
import { runInProcess } from '../run-in-process.js';
import { textsOf } from './read-back.js';

const env = { CHAT_USER: 'user1', CHAT_PASSWORD: 'qwerty' };
const rate = ['--rate', '10000'];
const count = 3000;
const lines = Array.from({ length: count }, (_, index) => `line ${index + 1}`);

/** Returns the sequences that the program has printed. */
const sequencesIn = (stdout: string): number[] =>
  [...stdout.matchAll(/"sequence":(\d+)/g)].map(([, digits]) => Number(digits));

test('lines are sent to a server that knows only the base service, one after the other', async () => {
  const reference = await startReferenceServer();
  const { code, stderr } = await runInProcess(['send', `localhost:${reference.port}`, '--lines'], {
    env,
    input: 'a\nb\nc\n',
  });
  expect(stderr).toBe('');
  expect(code).toBe(0);
  expect(reference.messages()).toBe(3);
});

test('lines sent to a server that is killed and started again arrive in their order, each once', async () => {
  const first = await startServe(rate);
  const sending = startChat(['send', first.address, '--lines', '--json', '--timeout', '1m'], { env });
  sending.write(lines.join('\n'));
  sending.end();
  await sending.until(({ stdout }) => stdout().includes('"sequence":100,'));
  first.kill('SIGKILL');
  await first.ended;
  await startServe([...rate, '--port', first.address.split(':').at(-1) ?? ''], { data: first.data });
  const { code, stdout } = await sending.ended;
  expect(code).toBe(0);
  const sequences = sequencesIn(stdout);
  expect(sequences).toHaveLength(count);
  expect(sequences.every((sequence, index) => sequence > (sequences[index - 1] ?? 0))).toBe(true);
  expect(await textsOf(first.address)).toEqual(lines.slice(-500));
});

test('Ctrl+C ends the sending of lines; those that it reported are stored in their order', async () => {
  const server = await startServe(rate);
  const sending = startChat(['send', server.address, '--lines', '--json'], { env });
  sending.write(`${lines.slice(0, 20).join('\n')}\n`);
  await sending.until(({ stdout }) => sequencesIn(stdout()).length === 20);
  sending.kill('SIGINT');
  const { code, stdout } = await sending.ended;
  expect(code).toBe(130);
  expect(sequencesIn(stdout)).toEqual(Array.from({ length: 20 }, (_, index) => index + 1));
  expect(await textsOf(server.address)).toEqual(lines.slice(0, 20));
});
