import { beforeAll, expect, test } from '@jest/globals';
import { startServe, type ServerProcess } from '../chat-process.js';
import { RoomsClient } from '../server/rooms-client.js';
import { joined } from './joined.js';
import type { TerminalProgram } from './terminal-program.js';

let server: ServerProcess;
let port: number;

beforeAll(async () => {
  server = await startServe(['--rate', '0']);
  port = Number(server.address.split(':').at(-1));
});

const alt = (key: string) => `\u001b${key}`;
const wide = { columns: 120, rows: 30 };

async function as<Value>(user: string, use: (client: RoomsClient) => Promise<Value>): Promise<Value> {
  const client = new RoomsClient(port, user);
  try {
    return await use(client);
  } finally {
    client.close();
  }
}

async function enter(client: TerminalProgram, command: string, answer: string | RegExp): Promise<void> {
  client.write(`${command}\r`);
  await client.until((text) => (typeof answer === 'string' ? text.includes(answer) : answer.test(text)));
}

/** Two clients of a user, who is in `#ops` with user2; each with a state directory of its own. */
async function sessions(
  user: string,
): Promise<{ one: TerminalProgram; other: TerminalProgram; ops: number }> {
  const name = `ops-${user}`;
  const ops = await as(user, async (client) => (await client.create(name, { members: ['user2'] })).number);
  const [one, other] = await Promise.all([
    joined(server.address, user, wide),
    joined(server.address, user, wide),
  ]);
  for (const client of [one, other]) await client.until((text) => text.includes(`#${name}`));
  return { one, other, ops };
}

test('what is read in one session of a user is read in the other, and what is marked as unread is so there', async () => {
  const { one, other, ops } = await sessions('user1');
  await as('user2', (ben) => ben.post(ops, 'the build is red'));
  for (const client of [one, other]) await client.until((text) => /#ops-user1 +1 │/.test(text));
  await enter(one, '/join ops-user1', 'the build is red');
  // It is read after three seconds in view.
  await other.until((text) => /#ops-user1 +│/.test(text));
  one.write(alt('[1;3A'));
  await one.until((text) => text.includes('Esc back'));
  one.write('u');
  await one.until((text) => text.includes('Marked as unread from here.'));
  await other.until((text) => /#ops-user1 +• │/.test(text));
  other.write(alt('a'));
  await other.until((text) => /▸ #ops-user1 +│/.test(text));
});

test('settings of a room are shared at once, and are there again after a restart of server and client', async () => {
  const { one, other } = await sessions('user3');
  await enter(one, '/join ops-user3', '▸ #ops-user3');
  await enter(one, '/pin', '#ops-user3 is pinned.');
  await other.until((text) => /pinned +│/.test(text));
  await enter(one, '/mute', '#ops-user3 is muted.');
  await other.until((text) => /#ops-user3 +muted │/.test(text));
  await enter(one, '/notify off', '#ops-user3 does not notify you.');
  await as('user3', async (client) => {
    const settings = async () => (await client.list()).rooms.at(-1)?.own?.settings;
    let known = await settings();
    while (known?.notify !== 3) known = await settings();
    expect(known).toMatchObject({ notify: 3, pinned: true, hidden: false });
  });
  server.kill('SIGTERM');
  await server.ended;
  server = await startServe(['--rate', '0', '--port', String(port)], { data: server.data });
  const again = await joined(server.address, 'user3', wide);
  await again.until((text) => /pinned +│/.test(text) && /#ops-user3 +muted │/.test(text));
  await enter(again, '/join ops-user3', '▸ #ops-user3');
  await enter(again, '/mute off', '#ops-user3 is not muted.');
  await one.until((text) => !/#ops-user3 +muted/.test(text));
});

test('a mute for a time ends in a session that saw it begin, and in one that started since', async () => {
  const { one, ops } = await sessions('user4');
  const mutedUntil = Date.now() + 4000;
  await as('user4', (client) =>
    client.configure({ room: ops, notify: 0, mutedUntil, hidden: false, pinned: false, markedUnread: false }),
  );
  await one.until((text) => /#ops-user4 +muted │/.test(text));
  const second = await joined(server.address, 'user4', wide);
  await second.until((text) => text.includes('#ops-user4'));
  for (const client of [one, second]) await client.until((text) => !/#ops-user4 +muted/.test(text));
  expect(Date.now()).toBeGreaterThanOrEqual(mutedUntil);
  await as('user2', (ben) => ben.post(ops, 'hello'));
  for (const client of [one, second]) await client.until((text) => /#ops-user4 +1 │/.test(text));
});
