import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { roomType } from '../../src/shared/message.js';
import { RoomsClient } from '../server/rooms-client.js';
import { startTestServer } from '../server/test-server.js';
import { joined, say } from './joined.js';
import { startTerminal, type TerminalProgram } from './terminal-program.js';

let address: string;
let ops: number;
let ben: RoomsClient;

beforeAll(async () => {
  const server = await startTestServer();
  ({ address } = server);
  const anna = new RoomsClient(server.port, 'user1');
  ben = new RoomsClient(server.port, 'user2');
  ({ number: ops } = await anna.create('ops', { topic: 'deploys and pages', type: roomType.open }));
  await anna.create('release');
  await ben.join(ops);
  await ben.direct('user1');
  anna.close();
});

afterAll(() => ben.close());

const click = (x: number, y: number) => `\u001b[<0;${x + 1};${y + 1}M\u001b[<0;${x + 1};${y + 1}m`;

function rowOf(client: TerminalProgram, text: string): number {
  return client.screen().findIndex((row) => row.includes(text));
}

async function open(columns: number, rows: number): Promise<TerminalProgram> {
  const env = { CHAT_PASSWORD: 'qwerty' };
  const client = startTerminal(['connect', address, '--user', 'user1'], { columns, rows, env });
  await client.until((screen) => screen.includes('#lobby'));
  return client;
}

describe('with several rooms', () => {
  test('at 140×40 the list shows news, a click opens a room, and F2 hides the list', async () => {
    const client = await open(140, 40);
    await ben.post(ops, 'the build is red');
    await client.until((screen) => /#ops +1 │/.test(screen));
    expect(client.text()).not.toContain('the build is red');
    client.write(click(5, rowOf(client, '#ops')));
    await client.until((screen) => screen.includes('the build is red') && / ▸ #ops {2,}│/.test(screen));
    const screen = client.screen();
    expect(screen[0]).toMatch(/#ops · 2 members · deploys and pages {3}F1 help$/);
    expect(screen.at(-4)).toMatch(/│╭ #ops ─+╮$/);
    expect(screen.at(-1)).not.toContain('│');
    expect(client.text()).toMatch(/│ \d\d:\d\d {2}user1 created the room/);
    client.write('\u001bOQ');
    await client.until((text) => text.split('\n').at(-2)?.startsWith('╰') === true);
    expect(client.text()).not.toContain('#release');
    client.write('\u001bOQ');
    await client.until((text) => text.includes('#release'));
  });

  test('at 80×24 F2 opens the list over the messages, and the switcher goes to a room', async () => {
    const client = await open(80, 24);
    expect(client.text()).not.toContain('#release');
    client.write('\u001bOQ');
    await client.until((screen) => screen.includes('direct') && screen.includes('#release'));
    client.write('\u001b');
    await client.until((screen) => !screen.includes('#release'));
    client.write('\u0007rls');
    await client.until((screen) => screen.includes('go to: rls') && !screen.includes('#ops'));
    client.write('\r');
    await client.until((screen) => screen.includes('╭ #release ─'));
    expect(client.screen()[0]).toMatch(/connected +#release · 1 member {3}F1 help$/);
  });

  test('at 20×6 the room has its name in the first row and in the empty draft', async () => {
    const client = await open(20, 6);
    client.write('\u0007ops\r');
    await client.until((screen) => screen.includes('message #ops'));
    expect(client.screen()[0]).toBe(' connected     #ops');
  });

  test('a change of the room is a faint line, and is in the header', async () => {
    const client = await open(140, 40);
    client.write('\u0007ops\r');
    await client.until((screen) => screen.includes(' ▸ #ops'));
    const moderator = new RoomsClient(Number(address.split(':')[1]), 'user1');
    await moderator.update({ room: ops, topic: 'on call: carl' });
    moderator.close();
    await client.until((screen) => screen.includes('user1 set the topic: on call: carl'));
    await client.until((screen) => screen.includes('#ops · 2 members · on call: carl'));
  });
});

test('with a single room there is no list, no name in the border and no room in the header', async () => {
  const alone = await startTestServer();
  await say(alone.address, 'user2', 'hello');
  const client = await joined(alone.address, 'user1', { columns: 140, rows: 40 });
  await client.until((screen) => screen.includes('hello'));
  const screen = client.screen();
  expect(screen[0]).toMatch(/connected(?: · \d+ online)? +F1 help$/);
  expect(screen.at(-4)).toMatch(/^╭─+╮$/);
  expect(client.text()).not.toContain('lobby');
});
