import { expect, test } from '@jest/globals';
import { startTestServer } from '../server/test-server.js';
import { joined } from './joined.js';
import type { TerminalProgram } from './terminal-program.js';

const escape = '\u001b';
const clear = '\u0015';

/** Types a command, and waits until the last row says this. The draft is empty afterwards. */
async function run(client: TerminalProgram, command: string, notice: string | RegExp): Promise<void> {
  client.write(`${command}\r`);
  await client.until((text) => {
    const last = text.trimEnd().split('\n').at(-1) ?? '';
    return typeof notice === 'string' ? last.includes(notice) : notice.test(last);
  });
  client.write(clear);
}

test('two users create, join, change and leave rooms by commands', async () => {
  const { address } = await startTestServer({ demoUsers: true });
  const [one, two] = await Promise.all([joined(address), joined(address, 'user2')]);

  await run(one, '/join #ops', 'No such room: #ops. /rooms lists the rooms that you can join.');
  await run(one, '/create ops', 'Created #ops. Everyone can find and join it.');
  await run(two, '/create ops', 'The name #ops is taken, perhaps by a closed room');
  await run(two, '/join #osp', 'No such room: #osp. Did you mean #ops?');
  await run(one, '/topic deploys and pages', 'Set the topic of #ops.');
  await run(one, '/topic', '#ops: deploys and pages');

  two.write('/rooms\r');
  await two.until((text) => /#ops {2}1 member\s+deploys and pages/.test(text));
  two.write('\r');
  await two.until((text) => text.includes('Joined #ops.'));
  await run(two, '/topic mine', 'Only moderators may change this room. Its moderators: /names');
  two.write('/names\r');
  await two.until(
    (text) => text.includes('#ops: 2 members, 2 online') && text.includes('● user1  moderator'),
  );
  two.write(escape);
  await two.until((text) => text.includes('type a message'));

  await run(one, '/kick user2', 'Removed user2 from #ops. To undo: /invite user2');
  await two.until((text) => text.includes('You are no longer in #ops.'));
  await run(one, '/invite user2', 'user2 is a member of #ops now.');
  await run(one, '/invite nobody', 'No such user: nobody');
  two.write('/join ops\r');
  await two.until((text) => text.includes('╭ #ops'));
  await run(one, '/rename operations', 'Renamed #ops to #operations. To undo: /rename ops');
  await run(one, '/archive', 'Archived #operations: it can be read, but not written. To undo: /unarchive');
  await run(one, '/topic x', 'This room is archived. A moderator can open it again: /unarchive');
  await run(one, '/unarchive', 'Opened #operations again.');
  await run(one, '/pin', '#operations is pinned.');
  await run(one, '/notify off', '#operations does not notify you.');
  await run(one, '/mute 2h', '#operations is muted until');
  await run(one, '/mute off', '#operations is not muted.');
  await run(one, '/read', 'Marked as read.');
  await run(two, '/leave #operations', 'Left #operations. /join #operations returns to it.');

  await run(one, '/create board closed', 'Created #board, a closed room.');
  await run(two, '/join #board', 'No such room: #board.');
  await run(one, '/leave', 'After you, no one can read #board again. To leave anyway: /leave #board');
  await run(one, '/leave #board', 'Left #board. It has no members any more.');

  one.write('/msg user2 hello in private\r');
  await one.until((text) => text.includes('hello in private'));
  two.write('/query user1\r');
  await two.until((text) => text.includes('hello in private'));
  await run(two, '/leave', 'A direct room cannot be left: /hide removes it from the list.');
  await run(two, '/hide', '@user1 is listed again with its next message');
});

test.each([
  [20, 6],
  [140, 40],
])('the lists of rooms and members fit into %i×%i', async (columns, rows) => {
  const { address } = await startTestServer({ demoUsers: true });
  const client = await joined(address, 'user1');
  await run(client, '/create first', 'Created #first.');
  await run(client, '/create second', 'Created #second.');
  client.resize(columns, rows);
  client.write('/rooms\r');
  await client.until((text) => text.includes('rooms:') && text.includes('#first'));
  client.write('sec');
  await client.until((text) => text.includes('#second') && text.includes('1 of 2'));
  client.write(escape);
  await client.until((text) => !text.includes('rooms: sec'));
  client.write('/names\r');
  await client.until((text) => text.includes('#second: 1 member'));
  expect(client.screen()).toHaveLength(rows);
  client.write(escape);
  await client.until((text) => !text.includes('1 member,'));
});

test('a command that a lost connection interrupts stays, and works once the server is back', async () => {
  const server = await startTestServer({ demoUsers: true });
  const client = await joined(server.address);
  await server.stop();
  await client.until((text) => !text.includes('· connected'));
  client.write('/create ops\r');
  await client.until((text) => text.includes('Not connected: try again once the connection is back.'));
  expect(client.text()).toContain('│ /create ops');
  const again = await startTestServer({ demoUsers: true, port: server.port });
  expect(again.port).toBe(server.port);
  await client.until((text) => text.includes('· connected'));
  client.write('\r');
  await client.until((text) => text.includes('Created #ops.'));
});
