/**
 * What a flood costs the reader: the slowest key and the CPU share while others write 200 messages a second, the time
 * until the last message of a burst of 10,000 is shown, and the cost of an idle client.
 * Run on its own: npm run bench:flood [messages loaded first].
 */
import { readFileSync } from 'node:fs';
import { performance } from 'node:perf_hooks';
import { setTimeout } from 'node:timers/promises';
import { contentType } from '../src/shared/message.js';
import { encodeText } from '../src/shared/text.js';
import { quantile } from './median.js';
import { report } from './row.js';
import { connectAs, startClient, startServer } from './screen-client.js';

const loaded = Number(process.argv[2] ?? 10_000);
const burst = 10_000;
const perSecond = 200;
const floodSeconds = 10;
const idleSeconds = 10;

const server = await startServer(loaded);
const writer = connectAs('user2', server.address);
const { signal } = new AbortController();
let count = 0;

function send(): Promise<unknown> {
  const number = ++count;
  const content = encodeText(`message ${number}: a line of text as people write it, 漢字 and all`);
  return writer.send({ id: `id${number}`, timestamp: Date.now(), type: contentType.text, content }, signal);
}

async function sendMany(total: number): Promise<void> {
  for (let sent = 0; sent < total; sent += 100) {
    await Promise.all(Array.from({ length: Math.min(100, total - sent) }, send));
  }
}

/** CPU time of the client, in ticks of 10 ms (proc(5), utime and stime). */
function clientCpuMs(): number {
  const fields = readFileSync(`/proc/${client.pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
  return (Number(fields[11]) + Number(fields[12])) * 10;
}

function residentMegabytes(): number {
  const status = readFileSync(`/proc/${client.pid}/status`, 'utf8');
  return Number(/VmRSS:\s+(\d+)/.exec(status)?.[1]) / 1000;
}

await sendMany(loaded);
const client = startClient(server.address);
await client.untilShown(`message ${loaded}:`);
await setTimeout(2000);

const idleFrom = clientCpuMs();
client.clear();
await setTimeout(idleSeconds * 1000);
const details = `${loaded} messages loaded`;
const idle = (clientCpuMs() - idleFrom) / idleSeconds / 10;
report({ what: 'idle, CPU', value: idle, unit: '%', details });
report({ what: 'idle, written', value: client.output().length, unit: 'B', limit: { max: 0 } });
report({ what: 'idle, resident', value: residentMegabytes(), unit: 'MB', limit: { max: 150 } });

const flooding = new AbortController();
const flood = (async () => {
  const start = performance.now();
  const first = count;
  while (!flooding.signal.aborted) {
    const due = Math.floor(((performance.now() - start) / 1000) * perSecond) - (count - first);
    for (let index = 0; index < due; index++) void send();
    await setTimeout(5);
  }
})();
const times: number[] = [];
const floodFrom = clientCpuMs();
const until = performance.now() + floodSeconds * 1000;
for (let index = 0; performance.now() < until; index++) {
  // Letters that no message contains, in an empty draft, so that the output is the echo of the key.
  const letter = 'QZJ'[index % 3] ?? 'Q';
  if (index % 30 === 0) client.write('\u0015');
  await setTimeout(30);
  client.clear();
  const start = performance.now();
  client.write(letter);
  await client.until((output) => output.includes(letter));
  times.push(performance.now() - start);
}
const floodCpuMs = clientCpuMs() - floodFrom;
flooding.abort();
await flood;
const middle = `p50 ${quantile(times, 0.5).toFixed(1)} ms, p95 ${quantile(times, 0.95).toFixed(1)} ms`;
const slowest = Math.max(...times);
report({
  what: `${perSecond}/s, slowest key`,
  value: slowest,
  unit: 'ms',
  limit: { max: 100 },
  details: middle,
});
report({ what: `${perSecond}/s, CPU`, value: floodCpuMs / floodSeconds / 10, unit: '%' });

client.write('\u0015');
const burstFrom = clientCpuMs();
const start = performance.now();
await sendMany(burst);
const sent = performance.now() - start;
await client.untilShown(`message ${count}:`);
report({
  what: `burst of ${burst}, until it is shown`,
  value: (performance.now() - start - sent) / 1000,
  unit: 's',
  limit: { max: 1.5 },
  details: `sent in ${(sent / 1000).toFixed(2)} s, ${((clientCpuMs() - burstFrom) / 1000).toFixed(2)} s of CPU time`,
});
report({ what: 'burst, resident', value: residentMegabytes(), unit: 'MB' });
writer.close();
client.kill();
server.stop();
