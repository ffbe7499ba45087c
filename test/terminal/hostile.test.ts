import { expect, test } from '@jest/globals';
import { connect } from '../../src/client/grpc/grpc-connection.js';
import { parseAddress } from '../../src/client/address.js';
import { contentType } from '../../src/shared/message.js';
import { encodeText } from '../../src/shared/text.js';
import { startServe } from '../chat-process.js';
import { startTerminal } from './terminal-program.js';

// Control characters are refused by the server (and by the sanitiser's own tests); this is what it lets through.
const spoofs = [
  'right \u202eto left\u202c',
  'hidden\u200b\u200d\u2060 joiners\ufeff',
  'placeholder \u{10eeee}\u0305\u0305',
  `piled ${'a' + '\u0301'.repeat(200)}`,
  'lines\u2028and\u2029paragraphs',
  `tags \u{e0041}\u{e0042}`,
  '漢字'.repeat(200),
  '👩‍👩‍👧‍👦'.repeat(50),
];

test('texts that mislead a terminal leave the frame as it was', async () => {
  const { address } = await startServe();
  const client = startTerminal(['connect', address, '--user', 'user1'], { env: { CHAT_PASSWORD: 'qwerty' } });
  let titles = 0;
  client.emulator.onTitleChange(() => titles++);
  await client.until((text) => text.includes('· connected'));
  const titlesOfOurs = titles;
  const connection = connect({
    address: parseAddress(address),
    credentials: { user: 'user2', password: 'qwerty' },
  });
  for (const [index, text] of [...spoofs, 'the end'].entries()) {
    const draft = {
      id: `id${index}`,
      timestamp: Date.now(),
      type: contentType.text,
      content: encodeText(text),
    };
    await connection.send(draft, new AbortController().signal);
  }
  connection.close();
  await client.until((text) => text.includes('the end'));
  const rows = client.screen();
  expect(rows[0]).toMatch(/^ user1 @ /);
  expect(rows.at(-2)).toMatch(/^╰─+╯$/);
  expect(titles).toBe(titlesOfOurs);
  expect(client.raw()).not.toMatch(
    /[\u202a-\u202e\u2066-\u2069\u200b\u2060\ufeff\u2028\u2029]|\u{10eeee}|[\u{e0000}-\u{e007f}]/u,
  );
});
