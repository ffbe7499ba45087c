import { chmod, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { withoutMark } from '../../src/shared/byte-order-mark.js';
import { runChat, temporaryFolder } from '../chat-process.js';
import { startTestServer } from '../server/test-server.js';
import { textsOf } from '../cli/read-back.js';
import { oddTexts } from '../support/odd-texts.js';
import { joined } from './joined.js';

const env = { CHAT_PASSWORD: 'qwerty' };
const ctrlV = '\u0016';
const edit = '\u0018\u0005';
const texts = oddTexts.map(([, text]) => text);

const pasted = (text: string) => `\u001b[200~${text}\u001b[201~`;

/** The texts of a room once it has `count`, or a timeout of the test. */
async function stored(address: string, count: number): Promise<string[]> {
  for (;;) {
    const found = await textsOf(address);
    if (found.length >= count) return found;
  }
}

test('a pasted text is stored as chat send stores it', async () => {
  const { address } = await startTestServer();
  const client = await joined(address);
  for (const [index, text] of texts.entries()) {
    await runChat(['send', address, '--user', 'user2', '--', text], { env });
    client.write(pasted(text));
    client.write('\r');
    const [sent, typed] = (await stored(address, 2 * index + 2)).slice(-2);
    expect([sent, typed]).toEqual([text, text]);
  }
});

test('a text from the clipboard or the external editor is stored as chat send stores it', async () => {
  const { address } = await startTestServer();
  const folder = temporaryFolder();
  const [file, editor] = [join(folder, 'text'), join(folder, 'editor')];
  await writeFile(editor, `#!/bin/sh\ncat '${file}' > "$1"\n`);
  await chmod(editor, 0o700);
  const client = await joined(address, 'user1', {
    env: { EDITOR: editor, CHAT_CLIPBOARD_COMMAND: `cat ${file}` },
  });
  for (const [index, text] of [...texts, 'one\r\ntwo\rthree'].entries()) {
    await writeFile(file, text);
    await runChat(['send', address, '--user', 'user2', '--clipboard'], {
      env: { ...env, CHAT_CLIPBOARD_COMMAND: `cat ${file}` },
    });
    for (const keys of [ctrlV, edit]) {
      await client.until((screen) => screen.includes('type a message'));
      client.write(keys);
      // The editor's screen is empty.
      await client.until((screen) => screen.includes('· connected') && !screen.includes('type a message'));
      client.write('\r');
    }
    // Some editors add a byte order mark.
    const edited = withoutMark(text);
    expect((await stored(address, 3 * index + 3)).slice(-3)).toEqual([text, text, edited]);
  }
});

test("tabs and characters without a shape keep the cursor at the draft's end", async () => {
  const { address } = await startTestServer();
  const client = await joined(address);
  client.write(pasted('\ta\u200b\u202eb\tc'));
  await client.until((screen) => screen.includes('│     ab    c '));
  const cursor = () => client.emulator.buffer.active.cursorX - 2;
  await client.until(() => cursor() === 11);
  client.write('\u001b[D');
  await client.until(() => cursor() === 10);
  client.write('\u001b[D');
  await client.until(() => cursor() === 6);
  client.write('!');
  await client.until((screen) => screen.includes('│     ab!    c ') && cursor() === 7);
});

test('characters that a message cannot contain are removed from a paste with a notice', async () => {
  const { address } = await startTestServer();
  const client = await joined(address);
  client.write(pasted('\u001b[31mred\u001b[m alert'));
  await client.until((screen) => screen.includes('Control characters were removed'));
  client.write('\r');
  expect(await stored(address, 1)).toEqual(['red alert']);
});
