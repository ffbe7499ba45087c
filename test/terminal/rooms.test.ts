import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { runChat, startServe, temporaryFolder, type ServerProcess } from '../chat-process.js';
import { joined } from './joined.js';
import type { TerminalOptions, TerminalProgram } from './terminal-program.js';

let server: ServerProcess;
beforeAll(async () => {
  server = await startServe(['--rate', '0']);
});

const nextRoom = '\u000e';
const firstRoom = '\u001b1';
const nextNews = '\u001ba';
const focusOut = '\u001b[O';

/** `chat rooms …` or another command as a demo user. */
async function chat(user: string, ...args: readonly string[]): Promise<void> {
  const env = { CHAT_USER: user, CHAT_PASSWORD: 'qwerty' };
  const { code, stderr } = await runChat([...args, '--to', server.address], { env });
  if (code !== 0) throw new Error(`chat ${args.join(' ')}: ${stderr}`);
}

const create = (user: string, name: string, ...members: readonly string[]) =>
  chat(user, 'rooms', 'create', name, ...members.flatMap((member) => ['--member', member]));

/** A client, and the titles that its window had. */
async function client(
  user: string,
  options: TerminalOptions = {},
): Promise<{ readonly program: TerminalProgram; readonly titled: (title: string) => Promise<void> }> {
  const program = await joined(server.address, user, options);
  let title = '';
  program.emulator.onTitleChange((next) => (title = next));
  const titled = (expected: string) => program.until(() => title === expected);
  return { program, titled };
}

async function type(program: TerminalProgram, text: string): Promise<void> {
  program.write(text);
  await program.until((screen) => screen.includes(text));
}

test('what is said in one room is shown there, and counted in the title elsewhere', async () => {
  await create('user1', 'ops', 'user2');
  const [one, two] = await Promise.all([client('user1'), client('user2')]);
  two.program.write(nextRoom);
  await two.titled('#ops · chat');
  await type(two.program, 'user1: the build is red');
  two.program.write('\r');
  await two.program.until((text) => /the build is red +✓/.test(text));
  await one.titled('(1) #lobby · chat');
  expect(one.program.text()).not.toContain('the build is red');
  // The bell rings for a mention in a room that is not in view.
  expect(one.program.raw()).toContain('\u0007');
  one.program.write(nextNews);
  await one.titled('(1) #ops · chat');
  await one.program.until((text) => /─ new ─[^\n]*\n[^\n]*user2 +user1: the build is red/.test(text));
  await one.titled('#ops · chat');
  expect(one.program.text()).not.toMatch(/─ new ─/);
  // Back to where the walk began.
  one.program.write(nextNews);
  await one.titled('#lobby · chat');
  one.program.write(nextNews);
  await one.program.until((text) => text.includes('Nothing new in other rooms.'));
});

describe('drafts', () => {
  test('stay in their rooms, also after the client was killed', async () => {
    await create('user3', 'plans');
    const state = temporaryFolder();
    const env = { XDG_STATE_HOME: state };
    const first = await client('user3', { env });
    await type(first.program, 'half a thought');
    first.program.write(nextRoom);
    await first.titled('#plans · chat');
    expect(first.program.text()).not.toContain('half a thought');
    await type(first.program, 'another half');
    const folder = join(state, 'chat', 'drafts');
    const stored = async () => {
      const names = await readdir(folder).catch(() => []);
      const texts = await Promise.all(
        names.map((name) => readFile(join(folder, name), 'utf8').catch(() => '')),
      );
      return texts.join('');
    };
    for (let text = ''; !text.includes('another half');) text = await stored();
    first.program.kill('SIGKILL');
    await first.program.exitCode;
    const second = await client('user3', { env });
    await second.program.until((text) => text.includes('half a thought'));
    second.program.write(nextRoom);
    await second.program.until((text) => text.includes('another half'));
    second.program.write('\r');
    await second.program.until((text) => /another half +✓/.test(text));
    second.program.write(firstRoom);
    await second.program.until((text) => /│ half a thought +│/.test(text));
  });

  test('and rooms survive a server that is killed and started again', async () => {
    const own = await startServe(['--rate', '0']);
    const env = { CHAT_USER: 'user4', CHAT_PASSWORD: 'qwerty' };
    const rooms = (...args: readonly string[]) => runChat(['rooms', ...args, '--to', own.address], { env });
    await rooms('create', 'plans');
    const program = await joined(own.address, 'user4');
    let title = '';
    program.emulator.onTitleChange((next) => (title = next));
    await type(program, 'in the lobby');
    program.write(nextRoom);
    await program.until(() => title === '#plans · chat');
    await type(program, 'written before the crash');
    own.kill('SIGKILL');
    await own.ended;
    await program.until((text) => text.includes('reconnecting'));
    program.write('\r');
    await program.until((text) => /written before the crash +…/.test(text));
    await type(program, 'written without a server');
    const [, port = ''] = own.address.split(':');
    const again = await startServe(['--rate', '0', '--port', port], { data: own.data });
    expect(again.address).toBe(own.address);
    await program.until((text) => text.includes('· connected') && !/before the crash +…/.test(text));
    await program.until(() => title === '#plans · chat');
    expect(program.text()).toContain('written without a server');
    const history = await runChat(['history', own.address, '--room', 'plans'], { env });
    expect(history.stdout).toContain('written before the crash');
    program.write(firstRoom);
    await program.until((text) => /│ in the lobby +│/.test(text) && !text.includes('before the crash'));
  });
});

test('a member who is removed from the room in view goes to the lobby, and keeps the draft', async () => {
  await create('user1', 'secret', 'user5');
  const { program, titled } = await client('user5');
  program.write(nextRoom);
  await titled('#secret · chat');
  await type(program, 'not sent yet');
  await chat('user1', 'rooms', 'remove', 'secret', 'user5');
  await program.until((text) =>
    text.includes('You are no longer in #secret. Up brings back what you wrote there.'),
  );
  expect(program.text()).not.toMatch(/│ not sent yet/);
  program.write('\u001b[A');
  await program.until((text) => /│ not sent yet +│/.test(text));
});

test('a direct message notifies and is named after its author', async () => {
  const { program, titled } = await client('user4', { env: { TERM_PROGRAM: 'iTerm.app' } });
  program.write(focusOut);
  await chat('user5', 'send', '--direct', 'user4', 'lunch?');
  await program.until(() => program.raw().includes('\u001b]9;user5: lunch?\u0007'));
  program.write(nextNews);
  await titled('(1) @user5 · chat');
  await program.until((text) => text.includes('lunch?'));
});
