/**
 * How long typing is held up while a picture arrives, and while one is pasted: the slowest keys of many, beside those
 * without pictures. Run on its own: npm run bench:images [rounds].
 */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { setTimeout } from 'node:timers/promises';
import { watchProcess, within } from './child.js';
import { quantile } from './median.js';
import { noisePng } from './noise-png.js';
import { yieldProcessors } from './other-machine.js';
import { report } from './row.js';
import { spawnClient, startServer } from './screen-client.js';

/** The most that a key may be held up, in milliseconds. */
const allowed = 30;
/** Between keys, in milliseconds. */
const pause = 5;
const warmUp = 100;
/** Keys that are still pressed after a picture is there. */
const after = 20;
const patience = 20_000;
const rounds = Number(process.argv[2] ?? 5);

const folder = await mkdtemp(join(tmpdir(), 'chat-bench-'));
const pasted = await pictureFile('pasted.png', 2000, 1500, 16);
const arriving = await pictureFile('arriving.png', 1130, 1150, 8);
const server = await startServer(200);
// A process of its own: what it does must not hold up the one that types.
const sender = fork(join(import.meta.dirname, 'picture-sender.ts'), [server.address, arriving.path], {
  detached: true,
});
const watchedSender = watchProcess('the sender', sender);
await within(() => 'the sender is not ready', once(sender, 'message'));
// They stand for other machines, and there are fewer cores than processes here: what they do takes only what is left.
for (const pid of [server.pid, sender.pid ?? 0]) yieldProcessors(pid);

async function pictureFile(name: string, width: number, height: number, bits: 8 | 16) {
  const png = await noisePng(width, height, bits);
  const path = join(folder, name);
  await writeFile(path, png);
  return { path, megabytes: `${(png.length / 1e6).toFixed(1)} MB` };
}

/** The client on a pseudo-terminal. Nothing parses what it writes: that would be measured too. */
function startClient(images: string) {
  // As the clipboard's tools do, it writes the picture to a pipe.
  const clipboard = { CHAT_CLIPBOARD_COMMAND: `cat ${pasted.path}` };
  const child = spawnClient(server.address, ['--images', images], clipboard);
  const watched = new Map<RegExp, () => void>();
  let last = '';
  child.onData((data) => {
    // What is sought may come in two pieces.
    const text = last + data;
    last = text.slice(-100);
    for (const [pattern, found] of watched) if (pattern.test(text)) found();
  });
  return {
    ...child,
    /** Resolves when what is written from now on matches. */
    until(pattern: RegExp) {
      const matched = new Promise<void>((resolve) => {
        last = '';
        watched.set(pattern, () => {
          watched.delete(pattern);
          resolve();
        });
      });
      return within(() => `${String(pattern)} never came. ${child.recent()}`, matched, patience);
    },
  };
}

type Client = ReturnType<typeof startClient>;
let key = 0;

/** Presses `count` keys, and says how long each took until it was written. A picture's own bytes hold none of them. */
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
    await setTimeout(pause);
  }
  return times;
}

/** Presses keys until something is written, and a few more. */
async function typeUntil(client: Client, pattern: RegExp, start: () => void): Promise<number[]> {
  const times: number[] = [];
  const seen = { isThere: false };
  void client.until(pattern).then(() => (seen.isThere = true));
  start();
  while (!seen.isThere) times.push(...(await type(client, 1)));
  return [...times, ...(await type(client, after))];
}

/** The same while a picture becomes an attachment, which is dropped then. */
async function typeUntilAttached(client: Client, start: () => void): Promise<number[]> {
  client.write('\u0015');
  // An attachment, unlike a caption, has no number before its size.
  const times = await typeUntil(client, /(?<!· |\d)\d+×\d+ · \d/, start);
  client.write('\u0015\u001b');
  await setTimeout(500);
  return times;
}

/** Reports the slowest key. Without a picture it only says how fast the machine is. */
function reportSlowest(what: string, times: readonly number[], hasPicture: boolean): void {
  const [p50, p99] = [quantile(times, 0.5), quantile(times, 0.99)].map((time) => time.toFixed(1));
  report({
    what: `slowest key, ${what}`,
    value: Math.max(...times),
    unit: 'ms',
    ...(hasPicture && { bar: { most: allowed } }),
    details: `p50 ${p50} ms, p99 ${p99} ms, ${times.length} keys`,
  });
}

/**
 * A new client, and how long its keys took: with nothing going on, while pictures arrive, while they are pasted, as a file's
 * path and from the clipboard.
 */
async function typeBesidePictures(images: string, mark: RegExp, count: number) {
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
    // The picture goes: the next one is the only one.
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
// Not counted: what it warms up is the server, the sender and this process. Each client that counts starts cold.
await typeBesidePictures('kitty', /\u{10eeee}/u, 2);
for (const [images, mark] of ways) {
  const { idle, arrival, paste, clipboard } = await typeBesidePictures(images, mark, rounds);
  reportSlowest(`${images}: nothing happens`, idle, false);
  reportSlowest(`${images}: ${arriving.megabytes} arrive`, arrival, true);
  reportSlowest(`${images}: ${pasted.megabytes} pasted as a path`, paste, true);
  reportSlowest(`${images}: ${pasted.megabytes} from the clipboard`, clipboard, true);
}
watchedSender.release();
sender.disconnect();
server.stop();
await rm(folder, { recursive: true });
