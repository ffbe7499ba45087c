/**
 * How long typing is delayed while an image arrives and while one is pasted: the slowest of many keys, compared to those
 * without images. Run on its own: npm run bench:images [rounds].
 */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { setTimeout } from 'node:timers/promises';
import { watchProcess, withTimeout } from './child.js';
import { quantile } from './median.js';
import { noisePng } from './noise-png.js';
import { lowerPriority } from './lower-priority.js';
import { report } from './row.js';
import { spawnClient, startServer } from './screen-client.js';

const maxKeyMs = 30;
/** Between keys. */
const pauseMs = 5;
const warmUp = 100;
/** Keys that are pressed after an image is shown. */
const keysAfter = 20;
const timeoutMs = 20_000;
const rounds = Number(process.argv[2] ?? 5);

const folder = await mkdtemp(join(tmpdir(), 'chat-bench-'));
const pasted = await imageFile('pasted.png', 2000, 1500, 16);
const arriving = await imageFile('arriving.png', 1130, 1150, 8);
const server = await startServer(200);
// A separate process, so that sending does not delay the typing.
const sender = fork(join(import.meta.dirname, 'image-sender.ts'), [server.address, arriving.path], {
  detached: true,
});
const watchedSender = watchProcess('the sender', sender);
await withTimeout(() => 'the sender is not ready', once(sender, 'message'));
// These two represent other machines, so they must not take the cores from the client.
for (const pid of [server.pid, sender.pid ?? 0]) lowerPriority(pid);

async function imageFile(name: string, width: number, height: number, bits: 8 | 16) {
  const png = await noisePng(width, height, bits);
  const path = join(folder, name);
  await writeFile(path, png);
  return { path, megabytes: `${(png.length / 1e6).toFixed(1)} MB` };
}

/** The client on a pseudo-terminal, without an emulator, which would be measured too. */
function startClient(images: string) {
  // Writes the image to a pipe, as clipboard tools do.
  const clipboard = { CHAT_CLIPBOARD_COMMAND: `cat ${pasted.path}` };
  const child = spawnClient(server.address, ['--images', images], clipboard);
  const watched = new Map<RegExp, () => void>();
  let last = '';
  child.onData((data) => {
    // A match may arrive in two pieces.
    const text = last + data;
    last = text.slice(-100);
    for (const [pattern, found] of watched) if (pattern.test(text)) found();
  });
  return {
    ...child,
    /** Resolves when further output matches. */
    until(pattern: RegExp) {
      const matched = new Promise<void>((resolve) => {
        last = '';
        watched.set(pattern, () => {
          watched.delete(pattern);
          resolve();
        });
      });
      return withTimeout(() => `${String(pattern)} did not appear. ${child.recent()}`, matched, timeoutMs);
    },
  };
}

type Client = ReturnType<typeof startClient>;
let key = 0;

/** Presses `count` keys that no image's bytes contain; returns how long each took until its echo. */
async function type(client: Client, count: number): Promise<number[]> {
  const times: number[] = [];
  for (let pressed = 0; pressed < count; pressed++) {
    if (pressed % 20 === 0) client.write('\u0015');
    const letter = String.fromCharCode(0x4e00 + (key++ % 5000));
    const start = performance.now();
    const echo = client.until(new RegExp(letter));
    client.write(letter);
    await echo;
    times.push(performance.now() - start);
    await setTimeout(pauseMs);
  }
  return times;
}

/** Presses keys until the output matches, and a few more. */
async function typeUntil(client: Client, pattern: RegExp, start: () => void): Promise<number[]> {
  const times: number[] = [];
  const match = { isFound: false };
  void client.until(pattern).then(() => (match.isFound = true));
  start();
  while (!match.isFound) times.push(...(await type(client, 1)));
  return [...times, ...(await type(client, keysAfter))];
}

/** As `typeUntil`, until an image is attached; then removes the attachment. */
async function typeUntilAttached(client: Client, start: () => void): Promise<number[]> {
  client.write('\u0015');
  // A caption, unlike the row of an attachment, begins with the number of its image.
  const times = await typeUntil(client, /(?<!image \d+ · |\d)\d+×\d+ · \d/, start);
  client.write('\u0015\u001b');
  await setTimeout(500);
  return times;
}

/** Reports the slowest key. Without an image it shows how fast the machine is and has no limit. */
function reportSlowest(what: string, times: readonly number[], hasImage: boolean): void {
  const [p50, p99] = [quantile(times, 0.5), quantile(times, 0.99)].map((time) => time.toFixed(1));
  report({
    what: `slowest key, ${what}`,
    value: Math.max(...times),
    unit: 'ms',
    ...(hasImage && { limit: { max: maxKeyMs } }),
    details: `p50 ${p50} ms, p99 ${p99} ms, ${times.length} keys`,
  });
}

/** The times of keys in a new client: idle, while images arrive, and while they are pasted by path or clipboard. */
async function typeDuringImages(images: string, mark: RegExp, count: number) {
  const client = startClient(images);
  await client.until(/connected/);
  await type(client, warmUp);
  const idle: number[] = [];
  const arrival: number[] = [];
  const paste: number[] = [];
  const clipboard: number[] = [];
  for (let round = 1; round <= count; round++) {
    idle.push(...(await type(client, warmUp)));
    arrival.push(...(await typeUntil(client, mark, () => sender.send(`${images}-${sent++}`))));
    const file = () => client.write(`\u001b[200~${pasted.path}\u001b[201~`);
    paste.push(...(await typeUntilAttached(client, file)));
    clipboard.push(...(await typeUntilAttached(client, () => client.write('\u0016'))));
    // Removes the image, so that only the next one is shown.
    client.write('/clear\r');
    await setTimeout(500);
  }
  client.kill();
  return { idle, arrival, paste, clipboard };
}

const ways = [
  ['blocks', /▄/],
  ['kitty', /\u{10eeee}/u],
  ['iterm2', /\x1b\]1337;/],
  ['sixel', /\x1bP[\d;]*q/],
] as const;

let sent = 0;
// Warms up the server, the sender and this process; each measured client starts cold.
await typeDuringImages('kitty', /\u{10eeee}/u, 2);
for (const [images, mark] of ways) {
  const { idle, arrival, paste, clipboard } = await typeDuringImages(images, mark, rounds);
  reportSlowest(`${images}: idle`, idle, false);
  reportSlowest(`${images}: ${arriving.megabytes} arrive`, arrival, true);
  reportSlowest(`${images}: ${pasted.megabytes} pasted as a path`, paste, true);
  reportSlowest(`${images}: ${pasted.megabytes} from the clipboard`, clipboard, true);
}
watchedSender.release();
sender.disconnect();
server.stop();
await rm(folder, { recursive: true });
