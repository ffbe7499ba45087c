/**
 * How long typing is held up while a picture arrives, and while one is pasted: the worst key of many, beside the
 * worst without pictures. Run on its own: npm run bench:images.
 */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { setTimeout } from 'node:timers/promises';
import pty from '@lydell/node-pty';
import sharp from 'sharp';
import { contentType } from '../src/shared/message.js';
import { quantile } from './median.js';
import { connectAs, program, startServer } from './screen-client.js';

/** The most that a key may be held up, in milliseconds. */
const allowed = 30;
const pause = 5;
const warmUp = 100;
const idleKeys = 200;
const patience = 20_000;

const folder = await mkdtemp(join(tmpdir(), 'chat-bench-'));
const large = join(folder, 'large.png');
const pasted = await noise(2000, 1500, 'ushort');
await writeFile(large, pasted);
const arriving = await noise(1130, 1150, 'uchar');
const server = await startServer(200);
const writer = connectAs('user2', server.address);

/** A picture that no encoder makes smaller. */
async function noise(width: number, height: number, depth: 'uchar' | 'ushort'): Promise<Buffer> {
  const Samples = depth === 'uchar' ? Uint8Array : Uint16Array;
  const pixels = new Samples(width * height * 3);
  // A small linear congruential generator: the same picture in every run.
  for (let index = 0, seed = 1; index < pixels.length; index++) {
    seed = (seed * 1664525 + 1013904223) >>> 0;
    pixels[index] = seed >>> (depth === 'uchar' ? 24 : 16);
  }
  return sharp(pixels, { raw: { width, height, channels: 3 } })
    .png()
    .toBuffer();
}

/** The client on a pseudo-terminal. Nothing parses what it writes: that would be measured too. */
function startClient(images: string) {
  const args = [program, 'connect', server.address, '--user', 'user1', '--images', images];
  const { PATH, HOME } = process.env;
  const env = { PATH, HOME, TERM: 'xterm-256color', COLORTERM: 'truecolor', CHAT_PASSWORD: 'qwerty' };
  const child = pty.spawn(process.execPath, args, { cols: 100, rows: 30, env });
  let output = '';
  let check = () => {
    // Nobody waits.
  };
  child.onData((data) => {
    output += data;
    check();
  });
  return {
    kill: () => child.kill(),
    write: (keys: string) => child.write(keys),
    output: () => output,
    clear: () => void (output = ''),
    until: (condition: (output: string) => boolean) =>
      new Promise<void>((resolve) => {
        check = () => {
          if (condition(output)) resolve();
        };
        check();
      }),
  };
}

type Client = ReturnType<typeof startClient>;
let key = 0;

/** Types until `isOver`, and says how long each key took. A picture's own bytes hold none of these characters. */
async function typeUntil(client: Client, isOver: (keys: number) => boolean): Promise<number[]> {
  const times: number[] = [];
  const end = performance.now() + patience;
  for (let count = 0; !isOver(count) && performance.now() < end; count++) {
    if (count % 20 === 0) client.write('\u0015');
    const letter = String.fromCharCode(0x4e00 + (key++ % 5000));
    const start = performance.now();
    client.write(letter);
    await client.until((output) => output.includes(letter));
    times.push(performance.now() - start);
    await setTimeout(pause);
  }
  return times;
}

/** Prints a line; returns the worst time. */
function report(what: string, times: readonly number[]): number {
  const worst = Math.max(...times);
  const numbers = [quantile(times, 0.5), quantile(times, 0.95), worst].map((time) =>
    time.toFixed(1).padStart(6),
  );
  console.log(`${what.padEnd(42)} ${String(times.length).padStart(4)} keys  ${numbers.join(' ')}`);
  return worst;
}

const worst: number[] = [];
console.log(`${'milliseconds from key to paint'.padEnd(54)}   p50    p95  worst`);
for (const [images, mark] of [
  ['blocks', '▄'],
  ['kitty', '\u{10eeee}'],
  ['iterm2', '\u001b]1337;'],
  ['sixel', '\u001bP'],
] as const) {
  const client = startClient(images);
  await client.until((output) => output.includes('connected'));
  await typeUntil(client, (keys) => keys === warmUp);
  report(`${images}: nothing happens`, await typeUntil(client, (keys) => keys === idleKeys));
  client.clear();
  let after = 0;
  const draft = { id: images, timestamp: Date.now(), type: contentType.image, content: arriving };
  const sent = writer.send(draft, new AbortController().signal);
  const isShown = () => client.output().includes(mark) && after++ > 20;
  worst.push(report(`${images}: ${megabytes(arriving.length)} arrive`, await typeUntil(client, isShown)));
  await sent;
  client.write('\u0015');
  client.clear();
  after = 0;
  client.write(`\u001b[200~${large}\u001b[201~`);
  const isAttached = () => client.output().includes('scaled') && after++ > 20;
  const times = await typeUntil(client, isAttached);
  worst.push(report(`${images}: 2000×1500, ${megabytes(pasted.length)}, pasted`, times));
  client.kill();
}
writer.close();
server.stop();
await rm(folder, { recursive: true });
if (Math.max(...worst) > allowed) {
  console.log(`a key was held up by more than ${allowed} ms`);
  process.exitCode = 1;
}

function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(1)} MB`;
}
