import { beforeAll, describe, expect, test } from '@jest/globals';
import { startTestServer } from '../server/test-server.js';
import { joined, say } from './joined.js';
import type { TerminalProgram } from './terminal-program.js';

const pageUp = '\u001b[5~';

/** The rows between the status line and the composer. */
function listRows(client: TerminalProgram): string[] {
  const rows = client.screen();
  return rows.slice(
    1,
    rows.findLastIndex((row) => row.startsWith('╭')),
  );
}

/** The cells of the first row that contains `text`, from where it begins. */
function cellsOf(client: TerminalProgram, text: string) {
  const y = client.screen().findIndex((row) => row.includes(text));
  const x = client.screen()[y]?.indexOf(text) ?? 0;
  const line = client.emulator.buffer.active.getLine(y);
  return { cell: (offset: number) => line?.getCell(x + offset), margin: line?.getCell(0) };
}

test('an empty room says that no one has written yet, until someone writes', async () => {
  const { address } = await startTestServer();
  const client = await joined(address);
  await client.until((text) => text.includes('No one has written here yet. Type a message and press Enter'));
  client.write('first\r');
  await client.until((text) => text.includes('user1  first') && !text.includes('No one has written'));
});

test('messages in a row show their author once', async () => {
  const { address } = await startTestServer();
  await say(address, 'user2', 'one', 'two');
  await say(address, 'user3', 'three');
  await say(address, 'user2', 'four');
  const client = await joined(address);
  await client.until((text) => text.includes('four'));
  // The minute may change between two of them.
  const rows = listRows(client).map((row) => row.replace(/^ \d\d:\d\d/, '      '));
  expect(rows.slice(-4)).toEqual([
    '        user2  one',
    '               two',
    '        user3  three',
    '        user2  four',
  ]);
});

test('/me shows the name once', async () => {
  const { address } = await startTestServer();
  const client = await joined(address);
  client.write('/me waves\r');
  await client.until((text) => /^ \d\d:\d\d +\* user1 waves( +✓)?$/m.test(text));
  expect(client.text().match(/user1/g)).toHaveLength(2);
});

test('a message that mentions the user is marked beside its rows, and counted while scrolled up', async () => {
  const { address } = await startTestServer();
  await say(address, 'user2', ...Array.from({ length: 40 }, (_, index) => `message ${index + 1}`));
  const client = await joined(address);
  await client.until((text) => text.includes('message 40'));
  client.write(pageUp);
  await client.until((text) => text.includes('scrolled up'));
  await say(address, 'user2', 'a', 'for @user1: look', 'b');
  await client.until((text) => text.includes('↓ 3 new, 1 mention · Ctrl+End newest'));
  client.write('\u001b[1;5F');
  await client.until((text) => text.includes('for @user1: look'));
  const { cell, margin } = cellsOf(client, '@user1');
  expect([-1, 0, 5, 6].map((offset) => Boolean(cell(offset)?.isInverse()))).toEqual([
    false,
    true,
    true,
    false,
  ]);
  expect(margin?.isInverse()).toBeTruthy();
  expect(cellsOf(client, 'message 40').margin?.isInverse()).toBeFalsy();
});

describe('Markdown and links', () => {
  let server: Awaited<ReturnType<typeof startTestServer>>;
  beforeAll(async () => {
    server = await startTestServer();
    await say(
      server.address,
      'user2',
      'this is *bold*, _italic_ and `code`, not snake_case_name or 2*3*4',
      'see:\n```sh\nfor f in *.ts; do\n    echo "$f"\ndone\n```',
      '> said before\n- one two three four five six seven eight nine ten eleven twelve thirteen\n- two',
      `look at https://a.example/${'x'.repeat(80)}?q=1#end, please`,
      'the last one',
    );
  });

  test('are shown as formatting until /markdown off', async () => {
    const client = await joined(server.address);
    await client.until((text) => text.includes('the last one'));
    expect(client.text()).toContain('this is bold, italic and code, not snake_case_name or 2*3*4');
    expect(client.text()).toMatch(/│sh\n +│for f in \*\.ts; do\n +│ {4}echo "\$f"\n +│done\n/);
    expect(client.text()).toMatch(/│ said before\n +- one .*\n {17}(eleven|twelve|thirteen)/);
    expect(cellsOf(client, 'bold').cell(0)?.isBold()).toBeTruthy();
    expect(cellsOf(client, 'italic').cell(0)?.isItalic()).toBeTruthy();
    client.write('/markdown off\r');
    await client.until((text) => text.includes('this is *bold*, _italic_ and `code`, not'));
    expect(client.text()).toMatch(/```sh\n +for f in/);
    client.write('/markdown on\r');
    await client.until((text) => text.includes('this is bold, italic'));
  });

  test('a long URL is one hyperlink over all of its rows', async () => {
    const client = await joined(server.address);
    const opened: string[] = [];
    client.emulator.parser.registerOscHandler(8, (body) => opened.push(body) < 0);
    await client.until((text) => text.includes('the last one'));
    client.write('\u000c');
    const url = `https://a.example/${'x'.repeat(80)}?q=1#end`;
    await client.until(() => opened.filter((body) => body.endsWith(`;${url}`)).length >= 2);
    const bodies = new Set(opened.filter((body) => body !== ';'));
    expect(bodies.size).toBe(1);
    expect([...bodies][0]).toMatch(/^id=[\w-]+;https:/);
    // The rows of the URL are next to each other, without an indent of their own.
    expect(
      client
        .screen()
        .map((row) => row.trim())
        .join(''),
    ).toContain(url);
    expect(cellsOf(client, 'https://').cell(0)?.isUnderline()).toBeTruthy();
  });

  test('no hyperlinks are written to a terminal that would print them', async () => {
    const client = await joined(server.address, 'user1', { env: { TERM: 'eterm-color' } });
    await client.until((text) => text.includes('the last one'));
    const written = client.raw();
    expect(written).toContain('https://a.example/');
    expect(written).not.toContain('\u001b]8;');
  });
});
