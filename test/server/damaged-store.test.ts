import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { startServe, temporaryFolder } from '../chat-process.js';
import { portOf } from './server-process.js';
import { loginMetadata, withClient, type TestClient } from './test-client.js';

const count = 2000;

/** Inverts the byte at this fraction of the largest of LevelDB's own log files. */
async function damage(log: string, fraction: number): Promise<void> {
  const names = (await readdir(log)).filter((name) => name.endsWith('.log'));
  const files = await Promise.all(
    names.map(async (name) => ({ name, bytes: await readFile(join(log, name)) })),
  );
  const [largest] = files.sort((a, b) => b.bytes.length - a.bytes.length);
  if (!largest) throw new Error(`no log file in ${log}`);
  const at = Math.floor(largest.bytes.length * fraction);
  largest.bytes[at] = (largest.bytes[at] ?? 0) ^ 0xff;
  await writeFile(join(log, largest.name), largest.bytes);
}

async function everything(client: TestClient, head: number): Promise<Map<number, string>> {
  const first = client.subscribe();
  await first.opened();
  const whole = { 'log-id': first.value('log-id') ?? '', 'resume-after': '0' };
  const subscription = client.subscribe(loginMetadata('user1', 'qwerty', whole));
  await subscription.until(() => subscription.messages().at(-1)?.sequence === head);
  return new Map(subscription.messages().map(({ sequence, id }) => [sequence, id]));
}

/** Every sequence that the server log reports as missing. */
function namedMissing(stderr: string): Set<number> {
  const gaps = stderr
    .split('\n')
    .filter((line) => line.includes('missing or damaged'))
    .map((line) => JSON.parse(line) as { from: number; to: number });
  return new Set(gaps.flatMap(({ from, to }) => Array.from({ length: to - from + 1 }, (_, i) => from + i)));
}

test.each([
  ['in the middle', 0.2],
  ['at the end, where no later entry shows the gap', 0.9],
])(
  'after damage %s the server reports the missing sequences, serves the rest and reuses no sequence',
  async (_, fraction) => {
    const data = join(temporaryFolder(), 'data');
    const first = await startServe(['--rate', '0'], { data });
    await withClient(portOf(first), async (client) => {
      for (let sent = 0; sent < count; sent += 100) {
        await Promise.all(Array.from({ length: 100 }, (_, index) => client.sendText(`${sent + index}`)));
      }
    });
    first.kill('SIGKILL');
    await first.ended;
    await damage(join(data, 'log'), fraction);

    // Sequences that may have been used stay reserved after a further restart.
    const idle = await startServe(['--rate', '0'], { data });
    idle.kill('SIGTERM');
    await idle.ended;
    const second = await startServe(['--rate', '0'], { data });
    await withClient(portOf(second), async (client) => {
      const after = await client.sendText('after');
      expect(after).toBeGreaterThan(count);
      const found = await everything(client, after);
      const missing = Array.from({ length: count }, (_, index) => index + 1).filter((one) => !found.has(one));
      expect(missing.length).toBeGreaterThan(0);
      expect(missing.length).toBeLessThan(count);
      expect(found.size).toBe(count + 1 - missing.length);
      const named = namedMissing(idle.stderr());
      for (const sequence of missing) expect(named.has(sequence)).toBe(true);
      for (const sequence of found.keys()) expect(named.has(sequence)).toBe(false);
    });
  },
);
