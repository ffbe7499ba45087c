/** How many messages a second one client sends with `postAll`, compared to waiting for each answer, in the same run. */
import { performance } from 'node:perf_hooks';
import { parseAddress } from '../src/client/connection/address.js';
import { connect } from '../src/client/connection/grpc/grpc-connection.js';
import type { Post } from '../src/client/connection/port.js';
import { contentType, lobby, type Draft } from '../src/shared/message.js';
import { report } from './row.js';
import { embeddedChat } from './target.js';

const waited = 300;
const streamed = 10_000;

let drafts = 0;
const draft = (): Draft => ({
  ...{ id: `line-${++drafts}`, timestamp: 0, type: contentType.text },
  content: Buffer.from(`line ${drafts}`.padEnd(60, '.')),
});
async function* many(count: number): AsyncGenerator<Post, void, void> {
  for (let sent = 0; sent < count; sent++) yield await Promise.resolve({ room: lobby, draft: draft() });
}

const target = await embeddedChat.start();
const credentials = { user: 'user1', password: 'qwerty' };
const connection = connect({ address: parseAddress(`localhost:${target.port}`), credentials });
const { signal } = new AbortController();

async function oneByOne(count: number): Promise<void> {
  for (let sent = 0; sent < count; sent++) await connection.send(draft(), signal);
}
async function together(count: number): Promise<void> {
  for await (const { rejection } of connection.postAll(many(count), signal)) if (rejection) throw rejection;
}
async function rateOf(count: number, send: (count: number) => Promise<void>): Promise<number> {
  const start = performance.now();
  await send(count);
  return (count * 1000) / (performance.now() - start);
}

await oneByOne(waited);
await together(streamed);
const waiting = await rateOf(waited, oneByOne);
const streaming = await rateOf(streamed, together);
report({
  what: 'messages of one client with postAll',
  value: streaming / waiting,
  unit: '× waiting',
  limit: { min: 20 },
  details: `${Math.round(streaming)}/s, waiting for each answer ${Math.round(waiting)}/s`,
});
connection.close();
await target.stop();
