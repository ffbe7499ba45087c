import { test } from '@jest/globals';
import { startReferenceServer } from '../client/reference-server.js';
import { startTestServer } from '../server/test-server.js';
import { joined } from './joined.js';

const escape = '\u001b';
const select = '\u001b[1;3A';

test('two users edit, delete, answer and react, and each sees what the other does', async () => {
  const { address } = await startTestServer({ demoUsers: true });
  const [one, two] = await Promise.all([joined(address), joined(address, 'user2')]);

  one.write('the build is geren\r');
  await two.until((text) => text.includes('the build is geren'));
  one.write('a draft');
  one.write(select);
  await one.until((text) => text.includes('e edit'));
  one.write('e');
  await one.until((text) => /╭ editing \d\d:\d\d · Esc cancels/.test(text) && text.includes('│ the build'));
  one.write('\u0017green\r');
  await two.until((text) => text.includes('the build is green (edited)') && !text.includes('geren'));
  await one.until((text) => text.includes('(edited)') && text.includes('│ a draft'));

  two.write(select);
  await two.until((text) => text.includes('r reply'));
  two.write('r');
  await two.until((text) => text.includes('╭ replying to user1 · Esc cancels'));
  two.write('good\r');
  await one.until((text) => text.includes('┌ user1: the build is green') && text.includes('good'));
  await two.until((text) => text.includes('┌ user1: the build is green') && !text.includes('replying'));

  one.write(select);
  await one.until((text) => text.includes('Enter original'));
  one.write('+');
  await two.until((text) => /👍\s+1/.test(text));
  await one.until((text) => /👍\s+1/.test(text));
  one.write(':');
  await one.until((text) => text.includes('react with:') && text.includes('thumbs_up'));
  one.write('tada');
  await one.until((text) => text.includes('react with: tada') && text.includes('party_popper'));
  one.write('\r');
  await two.until((text) => /👍\s+1\s+🎉\s+1/.test(text));
  two.write('/react +1\r');
  await one.until((text) => /👍\s+2\s+🎉\s+1/.test(text));

  one.write('\r');
  await one.until((text) => text.includes('▸') && !text.includes('Enter original'));
  one.write('\u0015s/green/red/\r');
  await two.until(
    (text) => text.includes('the build is red (edited)') && text.includes('┌ user1: the build is red'),
  );

  one.write('/delete\r');
  await one.until((text) => text.includes('y deletes it'));
  one.write('y');
  await two.until((text) => text.includes('deleted message') && text.includes('┌ user1: deleted message'));
  await one.until((text) => text.includes('deleted message') && !text.includes('is red'));

  // What was loaded from a page is the same.
  const late = await joined(address, 'user2');
  await late.until((text) => text.includes('┌ user1: deleted message') && /👍\s+2\s+🎉\s+1/.test(text));
  late.resize(20, 10);
  await late.until((text) => /👍\s+2/.test(text));
});

test('a server that cannot change messages says so, and keeps the screen as it was', async () => {
  const server = await startReferenceServer();
  const client = await joined(`localhost:${server.port}`);
  client.write('hello\r');
  await client.until((text) => text.includes('hello') && !text.includes('…'));
  client.write(select);
  await client.until((text) => text.includes('Up, Down select · y copy · Esc back'));
  for (const key of ['e', 'd', ':', '+']) {
    client.write(key);
    await client.until((text) => text.includes('This server cannot change messages.'));
    client.write('\u001b[B');
    await client.until((text) => !text.includes('cannot change'));
  }
  client.write('r');
  await client.until((text) => text.includes('This server has no replies.'));
  client.write(escape);
  server.stop();
});
