import { expect, test } from '@jest/globals';
import { temporaryFolder } from '../chat-process.js';
import { startTestServer } from '../server/test-server.js';
import { startTcpProxy } from '../client/tcp-proxy.js';
import { joined, say } from './joined.js';

const ctrlF = '\u0006';
const pageUp = '\u001b[5~';
const pageDown = '\u001b[6~';

/** A server with 460 messages, of which 50 are loaded; the needle is the tenth. */
async function longTalk() {
  const server = await startTestServer({ maxHistoryMessages: 50 });
  const texts = Array.from({ length: 460 }, (_, index) =>
    index === 9 ? 'a needle in it' : `message ${index + 1}`,
  );
  await say(server.address, 'user2', ...texts);
  return server;
}

test('search finds a hit far above the loaded messages, and Enter shows it in its place', async () => {
  const { address } = await longTalk();
  const client = await joined(address);
  await client.until((text) => text.includes('message 460'));
  client.write(`${ctrlF}NEEDLE\r`);
  await client.until((text) => text.includes('1 found') && /user2 {2}a needle in it/.test(text));
  client.write('\r');
  await client.until((text) => /^▸\d\d:\d\d {2}user2 {2}a needle in it/m.test(text));
  expect(client.text()).toMatch(/message 9\n[^\n]*a needle in it\n[^\n]*message 11/);
  client.write('\u001b[F');
  await client.until((text) => text.includes('message 460'));
});

test('F3 and F4 go from hit to hit, the matches are marked, and Ctrl+F keeps the query', async () => {
  const { address } = await startTestServer({ maxHistoryMessages: 20 });
  const texts = Array.from(
    { length: 300 },
    (_, index) => `message ${index + 1}${index % 20 ? '' : ' **needle**'}`,
  );
  await say(address, 'user2', ...texts);
  const client = await joined(address);
  await client.until((text) => text.includes('message 300'));
  client.write(`${ctrlF}needle\r`);
  await client.until((text) => text.includes('15 found'));
  client.write('\r');
  await client.until((text) => /^▸.*message 281 needle$/m.test(text) && text.includes('“needle” 1 of 15'));
  client.write('\u001bOR\u001bOR');
  await client.until((text) => /^▸.*message 241 needle$/m.test(text) && text.includes('“needle” 3 of 15'));
  const row = client.screen().findIndex((text) => text.includes('message 241 needle'));
  const line = client.emulator.buffer.active.getLine(row);
  const isMarked = (column: number) => line?.getCell(column)?.isInverse() !== 0;
  const column = client.screen()[row]?.indexOf('needle') ?? 0;
  expect([column - 1, column, column + 5, column + 6].map(isMarked)).toEqual([false, true, true, false]);
  client.write('\u001bOS');
  await client.until((text) => /^▸.*message 261 needle$/m.test(text));
  client.write(ctrlF);
  await client.until((text) => text.includes('search: needle') && text.includes('15 found'));
  client.write('\u001b');
  await client.until((text) => text.includes('scrolled up'));
});

test('Ctrl+Home shows the first message of a long log, and PgDn scrolls from there to the newest', async () => {
  const { address } = await longTalk();
  const client = await joined(address);
  await client.until((text) => text.includes('message 460'));
  client.write('\u001b[1;5H');
  await client.until(
    (text) => text.includes('beginning of the conversation') && text.includes('message 1\n'),
  );
  // The status line shows the day of the topmost message.
  expect(client.screen()[0]).toMatch(/ \w+day \d+ \w+ \d{4}$/);
  await say(address, 'user2', 'later');
  await client.until((text) => text.includes('↓ 1 new'));
  for (let page = 0; page < 80 && !client.text().includes('message 460'); page++) {
    const before = client.text();
    client.write(pageDown);
    await client.until((text) => text !== before);
  }
  expect(client.text()).toContain('message 460');
  client.write('\u001b[1;5H');
  await client.until((text) => text.includes('message 1\n'));
  client.write('\u001b[1;5F');
  await client.until((text) => text.includes('message 460') && text.includes('F1 help'));
});

test('PgUp past the top shows older messages down to the beginning', async () => {
  const { address } = await longTalk();
  const client = await joined(address);
  await client.until((text) => text.includes('message 460'));
  for (let page = 0; page < 60 && !client.text().includes('message 1\n'); page++) {
    const before = client.text();
    client.write(pageUp);
    await client.until((text) => text !== before);
  }
  client.write(pageUp);
  await client.until(
    (text) => text.includes('beginning of the conversation') && /user2 {2}message 1\n/.test(text),
  );
});

test('a failed load of older messages is reported, and PgUp retries it', async () => {
  const { address } = await longTalk();
  const proxy = await startTcpProxy(Number(address.split(':')[1]));
  try {
    const client = await joined(`localhost:${proxy.port}`);
    await client.until((text) => text.includes('message 460'));
    proxy.loseAnswers();
    for (let page = 0; page < 60 && !client.text().includes('loading older messages'); page++) {
      const before = client.text();
      client.write(pageUp);
      await client.until((text) => text !== before);
    }
    proxy.cut();
    await client.until((text) => text.includes('could not load older messages: '));
    proxy.thaw();
    await client.until((text) => text.includes('· connected'));
    client.write(pageUp);
    // Loaded messages are inserted above the view.
    await client.until((text) => !text.includes('older messages'));
    client.write(pageUp);
    await client.until((text) => text.includes('message 250\n'));
  } finally {
    await proxy.close();
  }
});

test('Tab completes a name, Ctrl+R finds what was sent, Ctrl+X Ctrl+E opens the editor', async () => {
  const { address } = await startTestServer();
  await say(address, 'user4', 'hello');
  const client = await joined(address, 'user1', { env: { EDITOR: 'sed -i s/draft/edited/' } });
  await client.until((text) => text.includes('hello'));
  client.write('us\t');
  await client.until((text) => text.includes('│ user4: '));
  client.write('a draft\u0018\u0005');
  await client.until((text) => text.includes('│ user4: a edited'));
  client.write('\r');
  await client.until((text) => /user4: a edited +✓/.test(text));
  client.write('\u0012edit');
  await client.until(
    (text) => text.includes('│ user4: a edited') && text.includes('search what you sent: edit'),
  );
});

test('a missing editor is reported, and the terminal stays usable', async () => {
  const { address } = await startTestServer();
  const client = await joined(address, 'user1', { env: { PATH: temporaryFolder() } });
  client.write('a draft\u0018\u0005');
  await client.until((text) => text.includes('No editor was found') && text.includes('│ a draft'));
  client.write('!');
  await client.until((text) => text.includes('│ a draft!'));
});
