// `npm run screenshot`: writes docs/images/*.png, screenshots of the program in xterm with sixel graphics, on an X server
// without a screen. Needs Xvfb, xterm and imagemagick (all in Debian), and a built program.
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import sharp from 'sharp';

const run = promisify(execFile);
const root = fileURLToPath(new URL('..', import.meta.url));
const program = join(root, 'bin', 'chat.js');
const target = join(root, 'docs', 'images');
const screen = '1600x1000x24';
/** By default xterm does not tell the size of its cells if it is wider than 1000 pixels. */
const maxGraphicSize = 'XTerm*maxGraphicSize: 1600x1000';
const timeoutMs = 20_000;
// The first is of a server with a single room.
const shots = [
  { name: 'sixel', size: '92x30' },
  { name: 'rooms', size: '140x40', hasRooms: true },
  { name: 'rooms-80x24', size: '80x24', hasRooms: true },
];

const folder = await mkdtemp(join(tmpdir(), 'chat-screenshot-'));
const environment = {
  ...process.env,
  CHAT_PASSWORD: 'qwerty',
  CHAT_ADDRESS: '',
  CHAT_USER: '',
  HOME: folder,
};
const children = [];
try {
  const display = await startXServer();
  const address = await startServer();
  await sendConversation(address);
  await mkdir(target, { recursive: true });
  for (const shot of shots) {
    if (shot.hasRooms) await createRooms(address);
    await writeFile(join(target, `${shot.name}.png`), await takeScreenshot(shot, display, address));
    console.log(`docs/images/${shot.name}.png`);
  }
} finally {
  for (const child of children) child.kill();
  await rm(folder, { recursive: true, force: true });
}

async function startXServer() {
  const flags = ['-displayfd', '3', '-noreset', '-nolisten', 'tcp', '-br', '-screen', '0', screen];
  const server = start('Xvfb', flags, { stdio: ['ignore', 'ignore', 'ignore', 'pipe'] });
  const [number] = await once(server.stdio[3], 'data');
  return `:${String(number).trim()}`;
}

async function startServer() {
  const server = start(process.execPath, [program, 'serve', '--port', '0', '--store', 'memory'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  for await (const text of server.stdout.setEncoding('utf8')) {
    const address = /listening on (\S+)/.exec(text)?.[1];
    if (address !== undefined) return address;
  }
  throw new Error('the server ended');
}

/** Sends the conversation for the screenshot. */
async function sendConversation(address) {
  const chart = join(folder, 'latency.png');
  await sharp(Buffer.from(chartDrawing())).png().toFile(chart);
  await send(address, 'user2', "morning! here is last night's run, 50 connections against the new build");
  await send(address, 'user2', '--image', chart);
  await send(address, 'user3', 'p95 stays under 40 ms, nice. What was the bump at midnight?');
  await send(address, 'user2', 'the backup, as every night');
  await send(address, 'user1', 'thanks, then we ship it today');
}

/** The rooms of user1; those that exist stay as they are. */
async function createRooms(address) {
  const topics = { ops: 'deploys and pages', release: '', random: 'anything else', docs: '' };
  for (const [name, topic] of Object.entries(topics)) {
    const create = ['rooms', 'create', name, '--topic', topic, '--member', 'user2', '--member', 'user3'];
    await chat(address, 'user1', ...create).catch(() => undefined);
  }
  await send(address, 'user1', '--direct', 'user2', 'hi');
  await send(address, 'user1', '--direct', 'user2,user3', 'hi');
}

/** What user1 has not read yet. */
async function sendNews(address) {
  await send(address, 'user2', '--room', 'ops', 'user1: the build is red');
  await send(address, 'user3', '--room', 'release', 'the notes are ready');
  await send(address, 'user3', '--room', 'release', 'who has the keys?');
  await send(address, 'user2', '--direct', 'user1', 'lunch?');
}

function chat(address, user, ...args) {
  return run(process.execPath, [program, ...args, '--to', address, '--user', user], { env: environment });
}

function send(address, user, ...what) {
  return run(process.execPath, [program, 'send', '--to', address, '--user', user, ...what], {
    env: environment,
  });
}

/** An SVG chart with colour gradients, which show how many colours a terminal has. */
function chartDrawing() {
  const [width, height, left, bottom] = [640, 320, 48, 288];
  const value = (x) =>
    22 + 9 * Math.sin(x / 2.1) + 5 * Math.sin(x * 1.7) + 46 * Math.exp(-((x - 9.6) ** 2) / 0.6);
  const points = Array.from({ length: 241 }, (_, index) => {
    const x = index / 10;
    return `${left + index * 2.35},${bottom - value(x) * 2.8}`;
  }).join(' ');
  const lines = [0, 20, 40, 60, 80].map((tick) => {
    const y = bottom - tick * 2.8;
    return `<line x1="${left}" x2="612" y1="${y}" y2="${y}" stroke="#34405a"/>
      <text x="40" y="${y + 5}" text-anchor="end">${tick}</text>`;
  });
  const hours = [18, 21, 0, 3, 6, 9].map(
    (hour, index) =>
      `<text x="${left + index * 112}" y="308" text-anchor="middle">${String(hour).padStart(2, '0')}:00</text>`,
  );
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" font-family="DejaVu Sans" font-size="14" fill="#9fb0d0">
    <defs><linearGradient id="heat" x1="0" y1="0" x2="0" y2="1">
      <stop offset="0" stop-color="#ff5470"/><stop offset="0.5" stop-color="#ffb347"/><stop offset="1" stop-color="#2bb3a3"/>
    </linearGradient></defs>
    <rect width="${width}" height="${height}" fill="#161d2e"/>
    <text x="${left}" y="24" font-size="17" fill="#e6ecf8">latency, p95 in ms</text>
    ${lines.join('')}${hours.join('')}
    <polygon points="${left},${bottom} ${points} 612,${bottom}" fill="url(#heat)" opacity="0.75"/>
    <polyline points="${points}" fill="none" stroke="#ffe9c9" stroke-width="2.5"/>
  </svg>`;
}

/** A screenshot of the terminal once it shows the chart. */
async function takeScreenshot({ size, hasRooms }, display, address) {
  const look = [
    '-fa',
    'DejaVu Sans Mono',
    '-fs',
    '12',
    '-bg',
    '#0d1117',
    '-fg',
    '#e6edf3',
    '-bw',
    '0',
    '-b',
    '10',
  ];
  const client = [process.execPath, program, 'connect', address, '--user', 'user1'];
  const terminal = start(
    'xterm',
    [
      '-ti',
      'vt340',
      '-tn',
      'xterm-256color',
      '-xrm',
      maxGraphicSize,
      '-geometry',
      `${size}+0+0`,
      ...look,
      '-e',
      ...client,
    ],
    { stdio: 'ignore', env: { ...environment, DISPLAY: display, COLORTERM: 'truecolor' } },
  );
  try {
    const file = join(folder, 'screen.png');
    for (const end = Date.now() + timeoutMs; Date.now() < end;) {
      await run('import', ['-display', display, '-window', 'root', file]);
      const before = await readFile(file);
      if (await showsChart(before)) {
        if (hasRooms) await sendNews(address);
        // Lets the screen settle.
        await sleep(500);
        await run('import', ['-display', display, '-window', 'root', file]);
        return await sharp(file)
          .trim({ background: '#000000', threshold: 1 })
          .png({ palette: true })
          .toBuffer();
      }
      await sleep(200);
    }
    throw new Error('the image did not appear');
  } finally {
    terminal.kill();
    await once(terminal, 'exit');
  }
}

/** Detects the chart by its colour: nothing else on the screen is orange. */
async function showsChart(png) {
  const { data, info } = await sharp(png).removeAlpha().raw().toBuffer({ resolveWithObject: true });
  let orange = 0;
  for (let at = 0; at < data.length; at += info.channels) {
    const [red, green, blue] = data.subarray(at, at + 3);
    if (red > 150 && green > 90 && green < red && blue < green - 20) orange += 1;
  }
  return orange > 1000;
}

function start(command, args, options) {
  const child = spawn(command, args, { env: environment, ...options });
  child.on('error', (error) => {
    console.error(`${command}: ${error.message}. On Debian: apt-get install xvfb xterm imagemagick`);
    process.exit(1);
  });
  children.push(child);
  return child;
}
