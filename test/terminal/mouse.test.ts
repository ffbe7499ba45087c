import { expect, test } from '@jest/globals';
import { startTestServer } from '../server/test-server.js';
import { joined, say } from './joined.js';
import { isGivenBack, type TerminalProgram } from './terminal-program.js';

const wheelUp = '\u001b[<64;10;5M';
const wheelDown = '\u001b[<65;10;5M';

const tracking = ({ emulator }: TerminalProgram) => emulator.modes.mouseTrackingMode;

async function withHistory(env: Record<string, string> = {}): Promise<TerminalProgram> {
  const { address } = await startTestServer();
  await say(address, 'user2', ...Array.from({ length: 60 }, (_, index) => `line ${index + 1}.`));
  const client = await joined(address, 'user1', { env });
  await client.until((text) => text.includes('line 60.'));
  return client;
}

test('the wheel scrolls the messages and never recalls what was sent', async () => {
  const client = await withHistory();
  client.write('sent before\r');
  await client.until((text) => text.includes('sent before') && text.includes('type a message'));
  expect(tracking(client)).toBe('vt200');
  client.write(wheelUp.repeat(2));
  await client.until((text) => text.includes('scrolled up') && !text.includes('sent before'));
  expect(client.text()).toContain('type a message');
  client.write(wheelDown.repeat(2));
  await client.until((text) => text.includes('sent before') && !text.includes('scrolled up'));
  client.write('\u0004');
  expect(await client.exitCode).toBe(0);
  expect(isGivenBack(client)).toBe(true);
});

test('/mouse off gives the mouse to the terminal, and a drag says how to select', async () => {
  const client = await withHistory();
  client.write('\u001b[<0;10;5M\u001b[<0;30;5m');
  await client.until((text) => text.includes('hold Shift'));
  client.write('/mouse off\r');
  await client.until((text) => text.includes('The terminal has the mouse'));
  expect(tracking(client)).toBe('none');
  client.write('/mouse on\r');
  await client.until((text) => text.includes('The wheel scrolls'));
  expect(tracking(client)).toBe('vt200');
});

test('after a crash the terminal has its mouse back', async () => {
  const client = await withHistory();
  client.kill('SIGTERM');
  await client.exitCode;
  expect(isGivenBack(client)).toBe(true);
  expect(client.raw().slice(-200)).toContain('\u001b[?1007h\u001b[?1007r');
});

test('in a multiplexer without mouse reports, arrows that arrive at once scroll', async () => {
  const client = await withHistory({ STY: '1.pts' });
  client.write('\u001b[A'.repeat(3));
  await client.until((text) => text.includes('scrolled up'));
  expect(client.text()).toContain('type a message');
});

test('mouse reports that make no sense leave no trace', async () => {
  const client = await withHistory();
  client.write('\u001b[<64;1M\u001b[<;;M\u001b[<99999;1;1M\u001b[<-1;2;3M\u001b[M\u001b[M!!!\u001b[<0;0;0m');
  client.write('typed');
  await client.until((text) => text.includes('typed'));
  expect(client.screen().find((row) => row.includes('typed'))).toMatch(/^│ typed +│$/);
});
