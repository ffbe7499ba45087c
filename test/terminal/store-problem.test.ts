import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, expect, test } from '@jest/globals';
import { startChat, startServe, temporaryFolder } from '../chat-process.js';
import { startNats, stopAllNats } from '../nats/nats-server-process.js';
import { testOnSmallDisk } from '../server/small-disk.js';
import { joined } from './joined.js';
import type { TerminalProgram } from './terminal-program.js';

afterEach(stopAllNats);

/** How soon the status line has to tell the truth. */
const patienceMs = 5000;
const problem = 'connected · the server cannot store messages: ';
const disk = temporaryFolder();
const password = { CHAT_PASSWORD: 'qwerty' };

/** The colour of a word in the first row. */
function colourOf(client: TerminalProgram, word: string): number | undefined {
  const [row = ''] = client.screen();
  return client.emulator.buffer.active.getLine(0)?.getCell(row.indexOf(word))?.getFgColor();
}

async function fill(path: string): Promise<void> {
  for (let size = 24 * 1024 * 1024; size >= 4096; size /= 2) {
    await writeFile(path, new Uint8Array(size), { flag: 'a' }).catch(() => undefined);
  }
}

testOnSmallDisk(
  disk,
  'the status line says that the disk of the server is full, also to who only reads',
  async () => {
    const server = await startServe([], { data: join(disk, 'data') });
    const [writer, reader] = [await joined(server.address, 'user1'), await joined(server.address, 'user2')];
    await fill(join(disk, 'ballast'));
    const script = startChat(['connect', server.address, '--user', 'user3', '--json', '-v', '--no-self'], {
      env: password,
    });
    await script.until(({ stderr }) => stderr().includes('"connected"'));
    // Several: the server may have freed some space meanwhile.
    script.write(`${'long '.repeat(3000)}\n`.repeat(10));
    for (const client of [writer, reader]) {
      await client.until((text) => text.includes(`${problem}its disk is full`), patienceMs);
    }
    await script.until(({ stderr }) => /"status":"waiting".*its disk is full/.test(stderr()));
    writer.write('kept\r');
    await writer.until((text) => / {2}kept +…$/m.test(text));
    await rm(join(disk, 'ballast'));
    for (const client of [writer, reader]) {
      await client.until((text) => !text.includes(problem) && text.includes('· connected'));
    }
    await script.until(({ stdout }) => stdout().includes('"kept"'));
    script.kill('SIGTERM');
    await script.ended;
  },
);

test('the status line says that NATS does not answer, within 5 s and without a message being sent', async () => {
  const nats = await startNats();
  const server = await startServe(['--store', `nats://${nats.address}`]);
  const client = await joined(server.address);
  nats.freeze();
  await client.until((text) => text.includes(`${problem}NATS does not answer`), patienceMs);
  const warning = colourOf(client, 'connected');
  nats.thaw();
  await client.until((text) => text.includes('· connected') && !text.includes(problem));
  expect(warning).not.toBe(colourOf(client, 'connected'));
});
