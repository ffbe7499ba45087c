import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import sharp from 'sharp';
import { copyWith } from '../clipboard/copy-with.js';
import { startXServer, type XServer } from '../clipboard/x-server.js';
import { cleanEnvironment, runChat, temporaryFolder } from '../chat-process.js';
import { startTestServer } from '../server/test-server.js';
import { describeWith } from '../require-tool.js';
import { say, sayImage } from './joined.js';
import { startTerminal, type TerminalProgram } from './terminal-program.js';

const password = { CHAT_PASSWORD: 'qwerty' };

/** An image whose upper half is red and whose lower half is blue. */
async function redOverBlue(kind: 'png' | 'jpeg', width = 40, height = 40): Promise<Buffer> {
  const half = { width, height: height / 2, channels: 3 as const };
  const blue = await sharp({ create: { ...half, background: '#0000ff' } })
    .png()
    .toBuffer();
  return sharp({ create: { ...half, height, background: '#ff0000' } })
    .composite([{ input: blue, left: 0, top: height / 2 }])
    .toFormat(kind)
    .toBuffer();
}

/** The colours of a cell: what a half block shows above and below. */
function coloursAt({ emulator }: TerminalProgram, row: number, column: number) {
  const cell = emulator.buffer.active.getLine(row)?.getCell(column);
  return { background: cell?.getBgColor().toString(16), foreground: cell?.getFgColor().toString(16) };
}

async function joined(address: string, user: string, env: Readonly<Record<string, string>> = {}) {
  const client = startTerminal(['connect', address, '--user', user], {
    rows: 40,
    env: { ...password, ...env },
  });
  await client.until((text) => text.includes('· connected'));
  return client;
}

test('a received image is drawn in half blocks in its colours, with its caption', async () => {
  const { address } = await startTestServer();
  const file = join(temporaryFolder(), 'image.png');
  await writeFile(file, await redOverBlue('png'));
  const client = await joined(address, 'user1');
  const sent = await runChat(['send', address, '--user', 'user2', '--image', file], { env: password });
  expect(sent).toMatchObject({ code: 0, stderr: '' });
  // A screen is written in pieces: wait for the last row of the image, above its caption.
  await client.until((text) => /▄[^\n]*\n +image 1 · 40×40 · \d+ B/.test(text));
  const top = client.screen().findIndex((row) => row.includes('▄'));
  const caption = client.screen().findIndex((row) => row.includes('image 1'));
  expect(coloursAt(client, top, 16)).toEqual({ background: 'ff0000', foreground: 'ff0000' });
  expect(coloursAt(client, caption - 1, 16)).toEqual({ background: 'ff', foreground: 'ff' });
});

test('a broken image is a caption with the reason, and the client continues', async () => {
  const { address } = await startTestServer();
  const client = await joined(address, 'user1');
  const whole = await redOverBlue('png', 400, 400);
  await sayImage(address, 'user2', whole.subarray(0, 60));
  await say(address, 'user2', 'did you see it?');
  await client.until((text) => /user2 {2}image 1 · (?!400)\S/.test(text) && text.includes('did you see it?'));
  expect(client.text()).not.toContain('▄');
});

test('without colours an image is its caption', async () => {
  const { address } = await startTestServer();
  const client = await joined(address, 'user1', { NO_COLOR: '1' });
  await sayImage(address, 'user2', await redOverBlue('png', 400, 400));
  await client.until((text) => text.includes('image 1 · 400×400'));
  expect(client.text()).not.toContain('▄');
});

describeWith(['Xvfb', 'xclip'], 'Ctrl+V with a clipboard of X11', () => {
  let desktop: XServer;
  beforeAll(async () => {
    desktop = await startXServer();
  });
  afterAll(() => desktop.stop());

  const copy = (kind: string, content: Buffer | string) =>
    copyWith(
      ['xclip', '-selection', 'clipboard', '-t', kind],
      { ...cleanEnvironment(), ...display() },
      content,
    );
  const display = () => ({ DISPLAY: desktop.display });

  test.each(['png', 'jpeg'] as const)(
    'takes a %s, shows it as an attachment, and Enter sends it as PNG',
    async (kind) => {
      const { address } = await startTestServer();
      await copy(`image/${kind}`, await redOverBlue(kind, 60, 40));
      const [one, two] = [await joined(address, 'user1', display()), await joined(address, 'user2')];
      one.write('\u0016');
      await one.until((text) => /│ clipboard image · 60×40 · \d+ B/.test(text));
      one.write('look at this\r');
      for (const client of [one, two]) {
        await client.until((text) => /image 1 · 60×40 · \d+ B/.test(text) && text.includes('look at this'));
        await client.until((text) => text.includes('▄'));
      }
      await one.until((text) => text.includes('type a message'));
    },
  );

  test('Escape removes the attachment', async () => {
    const { address } = await startTestServer();
    await copy('image/png', await redOverBlue('png', 60, 40));
    const client = await joined(address, 'user1', display());
    client.write('\u0016');
    await client.until((text) => text.includes('60×40'));
    client.write('\u001b');
    await client.until((text) => !text.includes('60×40'));
  });

  test('chat send --clipboard sends it before the text', async () => {
    const { address } = await startTestServer();
    await copy('image/jpeg', await redOverBlue('jpeg', 60, 40));
    const client = await joined(address, 'user1');
    const args = ['send', address, '--user', 'user2', '--clipboard', 'from my clipboard'];
    const sent = await runChat(args, { env: { ...password, ...display() } });
    expect(sent).toMatchObject({ code: 0, stderr: '' });
    await client.until((text) => /image 1 · 60×40[\s\S]*from my clipboard/.test(text));
  });

  test('a copied text is inserted', async () => {
    const { address } = await startTestServer();
    await copy('UTF8_STRING', 'from the clipboard');
    const client = await joined(address, 'user1', display());
    client.write('\u0016');
    await client.until((text) => text.includes('│ from the clipboard'));
  });
});

test('chat send --clipboard without a display reports why and sends nothing', async () => {
  const { address } = await startTestServer();
  const sent = await runChat(['send', address, '--user', 'user2', '--clipboard', 'text'], {
    env: { ...password, SSH_CONNECTION: '192.0.2.1 50000 192.0.2.2 22' },
  });
  expect(sent).toMatchObject({ code: 2, stdout: '' });
  expect(sent.stderr).toContain('the clipboard is on your own machine: use --image FILE');
});

test('Ctrl+V without a display reports why and what works instead', async () => {
  const { address } = await startTestServer();
  const client = await joined(address, 'user1', { SSH_CONNECTION: '192.0.2.1 50000 192.0.2.2 22' });
  client.write('\u0016');
  await client.until((text) =>
    text.includes('Over SSH the clipboard is on your own machine: use /image PATH.'),
  );
});

test('a pasted path of an image becomes an attachment; other pasted text stays text', async () => {
  const { address } = await startTestServer();
  const file = join(temporaryFolder(), 'my image.png');
  await writeFile(file, await redOverBlue('png', 60, 40));
  const client = await joined(address, 'user1');
  client.write(`\u001b[200~${file.replaceAll(' ', '\\ ')}\u001b[201~`);
  await client.until((text) => /│ my image.png · 60×40 · \d+ B/.test(text));
  client.write('\u001b[200~/no/such/file.png\u001b[201~');
  await client.until((text) => text.includes('/no/such/file.png'));
});

test('/image accepts a path with shell quoting, and images keep the order of the commands', async () => {
  const { address } = await startTestServer();
  const folder = temporaryFolder();
  const [wide, high] = [join(folder, 'my wide one.png'), join(folder, 'high.png')];
  await writeFile(wide, await redOverBlue('png', 1200, 800));
  await writeFile(high, await redOverBlue('png', 20, 40));
  const client = await joined(address, 'user1');
  client.write(`/image '${wide}'\r`);
  await client.until((text) => /preparing image|│ my wide one.png · 1200×800/.test(text));
  client.write(`/image file://${high}\r`);
  await client.until((text) => /│ my wide one.png · 1200×800 · .*\n.*│ high.png · 20×40 · /.test(text));
});

test('Ctrl+V and chat send --clipboard read through the configured command', async () => {
  const { address } = await startTestServer();
  const folder = temporaryFolder();
  const file = join(folder, 'my clipboard.png');
  await writeFile(file, await redOverBlue('png', 60, 40));
  await mkdir(join(folder, 'chat'));
  await writeFile(join(folder, 'chat', 'config.toml'), `clipboard-command = "cat '${file}'"\n`);
  const temporary = temporaryFolder();
  const client = await joined(address, 'user1', { XDG_CONFIG_HOME: folder, TMPDIR: temporary });
  client.write('\u0016');
  await client.until((text) => /│ clipboard image · 60×40 · \d+ B/.test(text));
  const image = await runChat(['send', address, '--user', 'user2', '--clipboard'], {
    env: { ...password, CHAT_CLIPBOARD_COMMAND: `cat '${file}'`, TMPDIR: temporary },
  });
  expect(image).toMatchObject({ code: 0, stderr: '' });
  await client.until((text) => text.includes('image 1 · 60×40'));
  // Temporary files of the clipboard are here.
  expect((await readdir(temporary)).filter((name) => name.startsWith('chat-'))).toEqual([]);
  const sent = await runChat(['send', address, '--user', 'user2', '--clipboard'], {
    env: { ...password, CHAT_CLIPBOARD_COMMAND: 'echo from a command' },
  });
  expect(sent).toMatchObject({ code: 0, stderr: '' });
  await client.until((text) => text.includes('from a command'));
});
