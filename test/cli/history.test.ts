import { beforeAll, describe, expect, test } from '@jest/globals';
import { startServe, type ServerProcess } from '../chat-process.js';
import { runInProcess } from '../run-in-process.js';
import { startReferenceServer } from '../client/reference-server.js';

const env = { CHAT_USER: 'user1', CHAT_PASSWORD: 'qwerty' };
const numbers = Array.from({ length: 620 }, (_, index) => `n${index + 1}`);
let server: ServerProcess;

beforeAll(async () => {
  server = await startServe(['--store', 'memory', '--rate', '0', '--history', '5']);
  const input = `${numbers.join('\n')}\n`;
  expect((await runInProcess(['send', server.address, '--lines'], { env, input })).code).toBe(0);
});

const history = (...args: string[]) => runInProcess(['history', server.address, ...args], { env });
const texts = async (...args: string[]) =>
  [...(await history(...args)).stdout.matchAll(/<user1> (.*)$/gm)].map(([, text]) => text);

describe('history', () => {
  test('prints all messages, oldest first, and nothing else', async () => {
    expect(await texts()).toEqual(numbers);
    expect(await history('--limit', '1')).toMatchObject({ code: 0, stderr: '' });
  });

  test('prints a range', async () => {
    expect(await texts('--limit', '2')).toEqual(['n619', 'n620']);
    expect(await texts('--since', '3', '--until', '5')).toEqual(['n4', 'n5']);
    expect(await texts('--until', '40', '--limit', '2')).toEqual(['n39', 'n40']);
    expect(await texts('--since', '1h', '--limit', '1')).toEqual(['n620']);
    expect(await texts('--until', '1h')).toEqual([]);
  });

  test('searches more than one page, in any case', async () => {
    expect(await texts('--search', 'N62')).toEqual(['n62', 'n620']);
    expect(await texts('--search', 'n')).toHaveLength(620);
    expect(await texts('--search', 'n', '--limit', '2')).toEqual(['n619', 'n620']);
    expect(await texts('--search', 'n1', '--since', '600')).toEqual([]);
    expect(await texts('--search', 'nowhere')).toEqual([]);
  });

  test('prints JSON lines', async () => {
    const { stdout } = await history('--json', '--limit', '1');
    expect(JSON.parse(stdout)).toMatchObject({ v: 2, sequence: 620, text: 'n620', replay: true, self: true });
  });

  test('reports a server without history, and exits with 1', async () => {
    const reference = await startReferenceServer();
    const ended = await runInProcess(['history', `127.0.0.1:${reference.port}`], { env });
    reference.stop();
    expect(ended).toMatchObject({
      code: 1,
      stdout: '',
      stderr:
        'chat: this server has no history to page through. To print what it offers: chat connect --once\n',
    });
  });

  test.each([[['--search', '']], [['--limit', '0']], [['--since', 'soon']]])(
    'rejects %j as a usage error',
    async (args) => {
      expect(await history(...args)).toMatchObject({ code: 2, stderr: expect.stringMatching(/^chat: --/) });
    },
  );
});
