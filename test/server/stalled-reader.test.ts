import { expect, test } from '@jest/globals';
import { startMeasured, portOf } from './server-process.js';
import { withClient, type TestClient } from './test-client.js';

const text = 'x'.repeat(16 * 1024);
const count = (64 * 1024 * 1024) / text.length;
const senders = 16;
const mebibyte = 1024 * 1024;

async function sendAll(client: TestClient, total: number): Promise<void> {
  let left = total;
  const sender = async (): Promise<void> => {
    while (left-- > 0) await client.sendText(text, 'user2');
  };
  await Promise.all(Array.from({ length: senders }, sender));
}

test('a reader that pauses for 64 MB costs little memory, delays no other reader and then gets every message', async () => {
  const server = await startMeasured(['--history', '0']);
  await withClient(portOf(server), (stalledClient) =>
    withClient(portOf(server), async (client) => {
      const stalled = stalledClient.subscribe();
      const other = client.subscribe();
      await Promise.all([stalled.opened(), other.opened()]);
      // Warms up the process, so that only the 64 MB are measured.
      const warmUp = 500;
      await sendAll(client, warmUp);
      await stalled.until(() => stalled.messages().length === warmUp);
      const before = await server.metric('process_resident_memory_bytes');

      stalled.stream.pause();
      await sendAll(client, count);
      await other.until(() => other.messages().length === warmUp + count);
      expect(stalled.messages().length).toBeLessThan(count / 2);
      expect(await server.metric('chat_subscriber_lag_messages')).toBeGreaterThan(count / 2);
      const after = await server.metric('process_resident_memory_bytes');
      expect((after - before) / mebibyte).toBeLessThan(120);

      stalled.stream.resume();
      await stalled.until(() => stalled.messages().length === warmUp + count);
      const sequences = stalled.messages().map(({ sequence }) => sequence);
      expect(sequences).toEqual(Array.from({ length: warmUp + count }, (_, index) => index + 1));
      expect(stalled.messages().every(({ content }) => content.length === text.length)).toBe(true);
    }),
  );
});
