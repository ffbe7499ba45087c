/**
 * The time from a key press until its character is on the screen, and the bytes written, with a long conversation loaded.
 * Run on its own: npm run bench:keys [messages].
 */
import { readFileSync } from 'node:fs';
import { performance } from 'node:perf_hooks';
import { setImmediate } from 'node:timers/promises';
import { contentType } from '../src/shared/message.js';
import { encodeText } from '../src/shared/text.js';
import { quantile } from './median.js';
import { report } from './row.js';
import { connectAs, startClient, startServer } from './screen-client.js';

const messages = Number(process.argv[2] ?? 1000);
const warmUp = 50;
const keys = 300;

const server = await startServer(messages);
const writer = connectAs('user2', server.address);
const { signal } = new AbortController();
for (let index = 1; index <= messages; index += 50) {
  await Promise.all(
    Array.from({ length: Math.min(50, messages - index + 1) }, (_, offset) => {
      const number = index + offset;
      const content = encodeText(`message ${number}: a line of text as people write it, 漢字 and all`);
      const draft = { id: `id${number}`, timestamp: Date.now(), type: contentType.text, content };
      return writer.send(draft, signal);
    }),
  );
}
writer.close();

const client = startClient(server.address);
await client.untilShown(`message ${messages}:`);
const times: number[] = [];
const bytes: number[] = [];
for (let index = 0; index < warmUp + keys; index++) {
  const letter = String.fromCharCode(0x61 + (index % 26));
  // Empties the draft regularly, so that it fits in one row.
  if (index % 26 === 0) {
    client.clear();
    client.write('\u0015');
    await client.until((output) => index === 0 || output.length > 0);
  }
  for (let turn = 0; turn < 20; turn++) await setImmediate();
  client.clear();
  const start = performance.now();
  client.write(letter);
  await client.until((output) => output.includes(letter));
  if (index < warmUp) continue;
  times.push(performance.now() - start);
  bytes.push(client.output().length);
}
const resident = Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${client.pid}/status`, 'utf8'))?.[1]);
const details = `${messages} messages loaded, ${keys} keys`;
report({ what: 'key to paint, p50', value: quantile(times, 0.5), unit: 'ms', limit: { max: 5 }, details });
report({ what: 'key to paint, p95', value: quantile(times, 0.95), unit: 'ms', limit: { max: 10 }, details });
report({ what: 'bytes per key, p95', value: quantile(bytes, 0.95), unit: 'B', limit: { max: 100 }, details });
report({ what: 'resident after the keys', value: resident / 1000, unit: 'MB', limit: { max: 150 }, details });
client.kill();
server.stop();
