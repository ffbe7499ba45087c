import { expect, test } from '@jest/globals';
import { parseAddress } from '../../src/client/connection/address.js';
import { connect } from '../../src/client/connection/grpc/grpc-connection.js';
import { contentType } from '../../src/shared/message.js';
import { encodeText } from '../../src/shared/text.js';
import { startTestServer } from '../server/test-server.js';
import { joined } from './joined.js';

/** Sends messages as user2 whose texts are their times. */
async function sayAt(address: string, ...times: readonly string[]): Promise<void> {
  const credentials = { user: 'user2', password: 'qwerty' };
  const connection = connect({ address: parseAddress(address), credentials });
  const { signal } = new AbortController();
  for (const time of times) {
    const content = encodeText(`sent at ${time}`);
    const draft = { id: crypto.randomUUID(), timestamp: Date.parse(time), type: contentType.text, content };
    await connection.send(draft, signal);
  }
  connection.close();
}

test('days and times are local, across clock changes and with clocks that are years off', async () => {
  const { address } = await startTestServer();
  await sayAt(
    address,
    ...['2024-03-30T22:59Z', '2024-03-30T23:00Z', '2024-03-31T00:59Z', '2024-03-31T01:00Z'],
    ...['2024-10-27T00:30Z', '2024-10-27T01:30Z', '2024-10-27T22:59Z', '2024-10-27T23:00Z'],
    ...['1999-12-31T22:59Z', '2024-10-27T23:01Z'],
  );
  const client = await joined(address, 'user1', { rows: 40, env: { TZ: 'Europe/Berlin' } });
  await client.until((text) => text.includes('2024-10-27T23:01Z'));
  const lines = client
    .screen()
    .flatMap((row) => /(?<=─ )\S+ \d+ \S+ \d{4}(?= ─)|(?<=^ )\d\d:\d\d(?= {2})/.exec(row)?.[0] ?? []);
  expect(lines).toEqual([
    ...['Saturday 30 March 2024', '23:59', 'Sunday 31 March 2024', '00:00', '01:59', '03:00'],
    ...['Sunday 27 October 2024', '02:30', '02:30', '23:59', 'Monday 28 October 2024', '00:00'],
    ...['Friday 31 December 1999', '23:59', 'Monday 28 October 2024', '00:01'],
  ]);
});
