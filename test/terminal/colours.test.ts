import { expect, test } from '@jest/globals';
import { contrast, type Rgb } from '../../src/client/terminal/colour/terminal-colours.js';
import { startTestServer } from '../server/test-server.js';
import { joined, say } from './joined.js';
import type { TerminalProgram } from './terminal-program.js';

const light = { background: 'fdfd/f6f6/e3e3', foreground: '3333/3333/3333' };
const dark = { background: '1e1e/1e1e/1e1e', foreground: 'd0d0/d0d0/d0d0' };

/** The replies of a terminal with these colours. */
function repliesOf({ background, foreground }: typeof light): Record<string, string> {
  return {
    '\u001b]10;?\u001b\\': `\u001b]10;rgb:${foreground}\u001b\\`,
    '\u001b]11;?\u001b\\': `\u001b]11;rgb:${background}\u001b\\`,
  };
}

function toRgb(colour: number): Rgb {
  return { red: colour >> 16, green: (colour >> 8) & 255, blue: colour & 255 };
}

/** The cell where a text begins. */
function cellOf(client: TerminalProgram, text: string) {
  const rows = client.screen();
  const row = rows.findIndex((each) => each.includes(text));
  const cell = client.emulator.buffer.active.getLine(row)?.getCell(rows[row]?.indexOf(text) ?? 0);
  if (!cell) throw new Error(`there is no ${text}`);
  return cell;
}

test.each([
  ['light', light, 0xfdf6e3],
  ['dark', dark, 0x1e1e1e],
] as const)('on a %s background secondary text has a contrast of 4.5', async (_, colours, background) => {
  const { address } = await startTestServer();
  await say(address, 'user2', 'hello');
  const client = await joined(address, 'user1', { answers: repliesOf(colours) });
  // The replies come after the first frame.
  await client.until(
    () => client.screen().some((row) => row.includes('hello')) && !cellOf(client, 'ype a').isFgDefault(),
  );
  for (const text of ['type a message', 'F1 help', 'Enter send']) {
    const cell = cellOf(client, text.slice(1));
    expect([text, cell.isDim() !== 0, cell.isFgRGB()]).toEqual([text, false, true]);
    expect(contrast(toRgb(cell.getFgColor()), toRgb(background))).toBeGreaterThanOrEqual(4.5);
  }
});

test('with 16 colours the names of the demo users and errors, warnings and notices differ', async () => {
  const { address } = await startTestServer();
  const users = ['user1', 'user2', 'user3', 'user4', 'user5'];
  for (const user of users) await say(address, user, `I am ${user}.`);
  const env = { TERM: 'xterm', COLORTERM: '' };
  const client = await joined(address, 'user1', { env, answers: repliesOf(dark) });
  await client.until((text) => text.includes('I am user5.') && cellOf(client, 'type a').getFgColor() === 8);
  const names = users.map((user) => cellOf(client, `${user}  I am`).getFgColor());
  expect(new Set(names).size).toBe(users.length);
  client.write('/nonsense\r');
  await client.until((text) => text.includes('Unknown command'));
  const error = cellOf(client, 'Unknown command').getFgColor();
  client.write('\u0003');
  await client.until((text) => text.includes('press Ctrl+C again'));
  const warning = cellOf(client, 'press Ctrl+C again').getFgColor();
  client.write('/bell\r');
  await client.until((text) => text.includes('The bell rings'));
  const notice = cellOf(client, 'The bell rings').getFgColor();
  // Bright red, yellow and cyan.
  expect([error, warning, notice]).toEqual([9, 3, 6]);
});

test('NO_COLOR turns off all colours, and nothing is faint instead', async () => {
  const { address } = await startTestServer();
  await say(address, 'user2', 'hello');
  const client = await joined(address, 'user1', { env: { NO_COLOR: '1' }, answers: repliesOf(light) });
  await client.until((text) => text.includes('hello'));
  for (const text of ['type a message', 'F1 help', 'user2  hello', 'connected']) {
    const cell = cellOf(client, text);
    expect([text, cell.isFgDefault(), cell.isDim() !== 0]).toEqual([text, true, false]);
  }
});
