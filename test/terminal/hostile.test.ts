import { afterEach, expect, test } from '@jest/globals';
import { startHostileServer, type HostileServer } from '../client/hostile-server.js';
import { messageKind, past, roomChange as roomChanges, roomType } from '../../src/shared/message.js';
import { directRoom, roomNamed } from '../support/app-driver.js';
import { oddTexts } from '../support/odd-texts.js';
import { hostileTexts } from './hostile-texts.js';
import { joined } from './joined.js';
import { startTerminal, type TerminalProgram } from './terminal-program.js';

let running: HostileServer | undefined;
afterEach(() => running?.stop());

/** Sequences that the program itself writes: styles, links, erasing, cursor position, synchronised updates. */
const ownSequences =
  /\u001b\[(?:[0-9;]*m|\d+;\d+H|\d+G|[02]?K|\?25[hl]|\?2026[hl])|\u001b\]2;[^\u0000-\u001f\u007f-\u009f\u00ad\u200b\u2028-\u202e\u2060-\u2069\ufeff]+\u0007|\u001b\]8;[!-~]+\u001b\\/gu;

/** At the end: a frame may have arrived in part. */
const partialSequence = /\u001b(?:\[[\d;?]*|\][^\u0007\u001b]*\u001b?)?$/;

/** What is left of the output without the program's own sequences, around the first character that must not be there. */
function drivingPart(output: string): string {
  const written = output.replaceAll(ownSequences, '').replace(partialSequence, '');
  const at = driving.exec(written)?.index;
  return at === undefined ? '' : JSON.stringify(written.slice(Math.max(0, at - 40), at + 40));
}

/** Characters that must not come from others: controls, bidi marks, invisible ones. */
const driving =
  /[\u0000-\u001f\u007f-\u009f\u00ad\u200b\u2028-\u202e\u2060-\u2069\ufeff]|\u{10eeee}|[\u{e0000}-\u{e007f}]/u;

async function startHostile() {
  const started = await startHostileServer();
  running = started;
  const client = await joined(`127.0.0.1:${started.port}`);
  return { server: started, client, watched: watch(client) };
}

/** `taken`: lasting effects on the terminal. `from`: the output before it was checked. */
type Watched = { readonly taken: string[]; from: number };

function watch(client: TerminalProgram): Watched {
  const { emulator } = client;
  const taken: string[] = [];
  emulator.parser.registerOscHandler(8, (data) => {
    if (!/^(?:;|id=[\w-]+;https:\/\/ok\.example\/[!-~]*)$/.test(data)) taken.push(`8;${data}`);
    return true;
  });
  for (const code of [0, 1, 4, 7, 9, 10, 50, 52, 777, 1337]) {
    emulator.parser.registerOscHandler(code, (data) => {
      taken.push(`${code};${data}`);
      return true;
    });
  }
  emulator.onBell(() => taken.push('bell'));
  return { taken, from: client.raw().length };
}

async function expectWhole(client: TerminalProgram, watched: Watched): Promise<void> {
  // A frame may arrive in parts; after it the cursor is in the empty draft.
  await client.until(() => {
    const { cursorX, cursorY } = client.emulator.buffer.active;
    return cursorX === 2 && cursorY === client.screen().length - 3;
  });

  const output = client.raw();
  expect(drivingPart(output.slice(watched.from))).toBe('');
  watched.from = output.length - (partialSequence.exec(output.slice(-1000))?.[0].length ?? 0);
  expect(watched.taken).toEqual([]);
  const rows = client.screen();
  expect(rows[0]).toMatch(/^ user1 @ 127\.0\.0\.1:\d+ · connected/);
  const bottom = rows.findLastIndex((row) => /^╰─+╯$/.test(row));
  expect(bottom).toBe(rows.length - 2);
  for (const row of rows.slice(bottom - 1, bottom)) expect(row).toMatch(/^│.*│$/);
}

test('the list contains at least 60 hostile texts', () => {
  expect(new Set(hostileTexts).size).toBeGreaterThanOrEqual(60);
});

test('hostile bodies and names move no cursor, set no title, write no clipboard and break no frame', async () => {
  const { server, client, watched } = await startHostile();
  for (const [index, text] of hostileTexts.entries()) {
    server.say('user2', `${text} body ${index}`);
    server.say(`${text}name`, `named ${index}`);
    server.say('user2', text);
    server.say('user2', `done ${index}.`);
    await client.until((screen) => screen.includes(`done ${index}.`));
    await expectWhole(client, watched);
  }
});

test('hostile user names and error messages do none of this', async () => {
  const { server, client, watched } = await startHostile();
  const refused = (screen: string) => (screen.match(/ ! /g) ?? []).length;
  for (const [index, text] of hostileTexts.entries()) {
    server.setOnline([text, `user ${text}`, `n${index}`]);
    server.setReason(`${text} because`);
    client.write(`x${index}\r`);
    await client.until((screen) => refused(screen) > 0 && new RegExp(` {2}x${index} .*! `).test(screen));
    await expectWhole(client, watched);
    client.write('/users\r');
    await client.until((screen) => screen.includes('3 online') && screen.includes(`n${index}`));
    client.write('\u001b');
    await client.until((screen) => screen.includes('F1 help'));
    client.write('/search x\r');
    await client.until((screen) => screen.includes('search failed'));
    client.write('\u001b');
    await client.until((screen) => screen.includes('F1 help'));
    await expectWhole(client, watched);
  }
});

test.each([
  [20, 6],
  [80, 24],
  [140, 40],
])('hostile names and topics of rooms and members do none of this at %d×%d', async (columns, rows) => {
  const texts = [...hostileTexts, ...oddTexts.map(([, text]) => text)];
  const server = await startHostileServer([
    roomNamed(0, 'lobby'),
    ...texts.map((text, index) => roomNamed(100 + index, `${text}r${index}`, { topic: text })),
    ...texts.map((text, index) => ({ ...directRoom(500 + index, text, `d${index}`), topic: text })),
  ]);
  running = server;
  const client = startTerminal(['connect', `127.0.0.1:${server.port}`, '--user', 'user1'], {
    columns,
    rows,
    env: { CHAT_PASSWORD: 'qwerty' },
  });
  await client.until((screen) => screen.includes('connected') && screen.includes('lobby'));
  const { taken, from } = watch(client);
  const change = { type: roomType.open, past: past.all, members: [] };
  for (const [index, text] of texts.entries()) {
    const roomChange = { ...change, what: roomChanges.topic, name: '', topic: `${text} t${index}.` };
    server.change(text, { room: 0, kind: messageKind.room, roomChange });
    const renamed = { ...change, what: roomChanges.renamed, name: `${text}n${index}`, topic: '' };
    server.change(`${text}f`, { room: 0, kind: messageKind.room, roomChange: renamed });
    server.say('user2', `done ${index}.`);
    await client.until((screen) => screen.includes(`done ${index}.`));
  }
  // Each query finds many rooms.
  const digits = [1, 2, 3, 4, 5, 6, 7, 8, 9];
  for (const query of ['', ...digits.map((digit) => `r${digit}`), ...digits.map((digit) => `d${digit}`)]) {
    client.write(`\u0007${query}\u001b[6~`);
    await client.until((screen) => screen.includes(`go to: ${query}`.trimEnd()));
    client.write('\u001b');
    await client.until((screen) => !screen.includes('go to:'));
  }
  expect(drivingPart(client.raw().slice(from))).toBe('');
  expect(taken).toEqual([]);
  const shown = client.screen();
  expect(shown[0]).toContain('connected');
  if (columns < 100) return;
  const { active } = client.emulator.buffer;
  const lineCells = shown.slice(1, -1).map((_, y) =>
    active
      .getLine(y + 1)
      ?.getCell(27)
      ?.getChars(),
  );
  expect(new Set(lineCells)).toEqual(new Set(['│']));
  expect(shown.at(-2)).toMatch(/│╰─+╯$/);
});

test('hostile messages of a rejected login do none of this', async () => {
  const server = await startHostileServer();
  running = server;
  server.refuseLogins();
  server.setReason('at first');
  const env = { CHAT_PASSWORD: 'qwerty' };
  const client = startTerminal(['connect', `127.0.0.1:${server.port}`, '--user', 'user1'], { env });
  await client.until((screen) => screen.includes('at first'));
  const { taken, from } = watch(client);
  for (const [index, text] of hostileTexts.entries()) {
    server.setReason(`n${index}. ${text}`);
    client.write('\u0015qwerty\r');
    await client.until((screen) => screen.includes(`n${index}.`) && screen.includes('› password'));
    const rows = client.screen();
    for (const label of ['chat', '  address', '  user', '› password'])
      expect(rows.filter((row) => row.trimStart().startsWith(label.trimStart()))).toHaveLength(1);
    expect(rows.at(-1)).toMatch(/^ Enter log in/);
  }
  expect(drivingPart(client.raw().slice(from))).toBe('');
  expect(taken).toEqual([]);
});
