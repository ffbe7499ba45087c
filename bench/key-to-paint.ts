/**
 * The time from a key press until its character is on the screen, and the bytes written, with a long conversation loaded;
 * with several rooms also the time to go to another one. Run on its own: npm run bench:keys [messages] [rooms].
 */
import { readFileSync } from 'node:fs';
import { performance } from 'node:perf_hooks';
import { setImmediate } from 'node:timers/promises';
import { ulid } from 'ulid';
import { contentType, lobby, past, roomType } from '../src/shared/message.js';
import { encodeText } from '../src/shared/text.js';
import { quantile } from './median.js';
import { report } from './row.js';
import { connectAs, startClient, startServer } from './screen-client.js';

const messages = Number(process.argv[2] ?? 1000);
const roomCount = Number(process.argv[3] ?? 1);
const warmUp = 50;
const keys = 300;
const switches = 100;
const endOfFrame = '\u001b[?2026l';

const server = await startServer(messages);
const { signal } = new AbortController();
const writer = connectAs('user2', server.address);
const reader = connectAs('user1', server.address);
const others: number[] = [];
for (let index = 1; index < roomCount; index++) {
  const name = `room-${index}`;
  const room = { name, topic: '', type: roomType.open, past: past.all, members: [], id: ulid() };
  // An account creates up to 100 rooms.
  const [creator, other] = index % 2 === 0 ? [reader, writer] : [writer, reader];
  const { number } = await creator.rooms.create(room, signal);
  await other.rooms.join(number, signal);
  others.push(number);
}
reader.close();
const client = startClient(server.address);
await client.untilShown('F1 help');
await client.untilShown('connected');
/** With several rooms half of the messages are in the others. */
const roomOf = (index: number): number =>
  index % 2 === 0 ? lobby : (others[(index >> 1) % Math.max(1, others.length)] ?? lobby);
const last = roomOf(messages) === lobby ? messages : messages - 1;
for (let index = 1; index <= messages; index += 50) {
  await Promise.all(
    Array.from({ length: Math.min(50, messages - index + 1) }, (_, offset) => {
      const number = index + offset;
      const content = encodeText(`message ${number}: a line of text as people write it, 漢字 and all`);
      const draft = { id: ulid(), timestamp: Date.now(), type: contentType.text, content };
      return writer.rooms.post({ room: roomOf(number), replyTo: undefined, draft }, signal);
    }),
  );
}
writer.close();
await client.untilShown(`message ${last}:`);
const times: number[] = [];
const bytes: number[] = [];
for (let index = 0; index < warmUp + keys; index++) {
  const letter = String.fromCharCode(0x61 + (index % 26));
  // Empties the draft regularly, so that it fits in one row.
  if (index % 26 === 0) {
    client.clear();
    client.write('\u0015');
    await client.until((output) => index === 0 || output.length > 0);
  }
  for (let turn = 0; turn < 20; turn++) await setImmediate();
  client.clear();
  const start = performance.now();
  client.write(letter);
  await client.until((output) => output.includes(letter));
  if (index < warmUp) continue;
  times.push(performance.now() - start);
  bytes.push(client.output().length);
}
const resident = Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${client.pid}/status`, 'utf8'))?.[1]);
const details = `${messages} messages in ${roomCount} ${roomCount === 1 ? 'room' : 'rooms'}, ${keys} keys`;
report({ what: 'key to paint, p50', value: quantile(times, 0.5), unit: 'ms', limit: { max: 5 }, details });
report({ what: 'key to paint, p95', value: quantile(times, 0.95), unit: 'ms', limit: { max: 10 }, details });
report({ what: 'bytes per key, p95', value: quantile(bytes, 0.95), unit: 'B', limit: { max: 100 }, details });
report({ what: 'resident after the keys', value: resident / 1000, unit: 'MB', limit: { max: 150 }, details });
if (roomCount > 1) {
  const nextRoom = '\u000e';
  const lastRoom = '\u001bs';
  const switched: number[] = [];
  for (let index = 0; index < switches + 2; index++) {
    for (let turn = 0; turn < 20; turn++) await setImmediate();
    client.clear();
    const start = performance.now();
    client.write(index === 0 ? nextRoom : lastRoom);
    await client.until((output) => output.includes(endOfFrame));
    // The first two load the rooms.
    if (index >= 2) switched.push(performance.now() - start);
    await client.untilShown(index % 2 === 0 ? '╭ #room-' : '╭ #lobby');
  }
  const what = 'switch to a loaded room, p95';
  report({ what, value: quantile(switched, 0.95), unit: 'ms', limit: { max: 30 }, details });
}
client.kill();
server.stop();
