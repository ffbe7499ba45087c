/**
 * What a log of 1,000,000 messages costs: the start of the server, joining, an old page of history, and a search for a
 * rare word, which must not delay the chat: 100 messages a second go to 20 subscribers, alternating with and without a
 * search for the same time, and the slowest deliveries are compared.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { setTimeout } from 'node:timers/promises';
import { encodeUnsequenced } from '../src/shared/codec.js';
import { contentType, plainPlacement } from '../src/shared/message.js';
import { encodeText } from '../src/shared/text.js';
import type { Append } from '../src/server/messages/message-log.js';
import { gather, type Crowd } from './crowd.js';
import { fillLog } from './filled-log.js';
import { quantile, timesOf } from './median.js';
import { connectPublishers, type Publishers } from './publish.js';
import { report } from './row.js';
import { connectAs } from './screen-client.js';
import { startChat } from './target.js';

const messages = 1_000_000;
const rounds = 5;
/** More than of longer tasks, since single joins take 2 to 7 ms. */
const joinRounds = 50;
const subscribers = 20;
const rate = 100;
/** Only the first message contains it, so the whole log is searched. */
const rareWord = 'Zyxwvut';

const data = mkdtempSync(join(tmpdir(), 'chat-bench-'));
await fillLog(data, messages, entry);
const starts: number[] = [];
for (let round = 0; round < rounds; round++) {
  const started = await startChat([], data);
  starts.push(started.readyAfterMs);
  await started.stop();
}
report({
  what: 'log of 1,000,000: server ready',
  value: quantile(starts, 0.5),
  unit: 'ms',
  limit: { max: 1000 },
  details: 'from the start of the process',
});

const target = await startChat([], data);
const address = `localhost:${target.port}`;
const reader = connectAs('user3', address);
const { signal } = new AbortController();
const joins = await timesOf(joinRounds, async () => {
  for await (const event of reader.subscribe(undefined, signal)) if (event.type === 'messages') break;
});
report({
  what: 'log of 1,000,000: join',
  value: quantile(joins, 0.5),
  unit: 'ms',
  limit: { max: 50 },
  details: `newest 200; ${joinRounds} joins, p90 ${quantile(joins, 0.9).toFixed(1)} ms`,
});
let before = messages / 2;
const pages = await timesOf(rounds, async () => {
  before -= 10_000;
  const page = await reader.history(before, 50, signal);
  if (page.length !== 50) throw new Error(`a page has ${page.length} messages`);
});
report({
  what: 'log of 1,000,000: history page',
  value: quantile(pages, 0.5),
  unit: 'ms',
  limit: { max: 20 },
  details: '50',
});

const crowd = await gather(target, { size: subscribers, collectsAges: true });
const publishers = await connectPublishers(target);
const searches: number[] = [];
const undisturbed: number[] = [];
const disturbed: number[] = [];
for (let round = 0; round <= rounds; round++) {
  const searched = timeSearch();
  const during = await slowestWhile(crowd, publishers, searched);
  const time = await searched;
  const without = await slowestWhile(crowd, publishers, setTimeout(time));
  // The first round warms up.
  if (round === 0) continue;
  searches.push(time);
  disturbed.push(during);
  undisturbed.push(without);
}
report({
  what: 'log of 1,000,000: search of a rare word',
  value: quantile(searches, 0.5),
  unit: 'ms',
  limit: { max: 3000 },
  details: searches.map((time) => time.toFixed(0)).join(', '),
});
report({
  what: 'slowest delivery during a search, added delay',
  value: Math.max(0, quantile(disturbed, 0.5) - quantile(undisturbed, 0.5)),
  unit: 'ms',
  limit: { max: 20 },
  details: `${disturbed.map((age) => age.toFixed(1)).join(', ')}; without: ${undisturbed.map((age) => age.toFixed(1)).join(', ')}`,
});
publishers.close();
reader.close();
await crowd.leave();
await target.stop();
rmSync(data, { recursive: true });

function entry(index: number): Append {
  const number = index + 1;
  const author = `user${(number % 5) + 1}`;
  const text = `message ${number}: a line as people write it ${number === 1 ? rareWord : ''}`;
  const content = { type: contentType.text, content: encodeText(text) };
  const message = encodeUnsequenced({ timestamp: Date.now(), ...content, from: author, id: '' });
  return { message: () => message, author, id: '', ...plainPlacement };
}

/** Searches for the rare word and returns the time in milliseconds. */
async function timeSearch(): Promise<number> {
  const start = performance.now();
  let found = 0;
  for await (const message of reader.search(rareWord.toLowerCase(), 0, 10, signal)) found += message.sequence;
  if (found !== 1) throw new Error('the search has not found the first message');
  return performance.now() - start;
}

/** Sends messages evenly until `task` is done; returns the slowest delivery in milliseconds. */
async function slowestWhile(crowd: Crowd, publishers: Publishers, task: Promise<unknown>): Promise<number> {
  const state = { done: false };
  void task.finally(() => (state.done = true));
  const before = await crowd.received();
  let sent = 0;
  while (!state.done) sent += await publishers.evenly(rate, 0.1);
  await crowd.untilReceived(before + sent * subscribers);
  return (await crowd.ages()).reduce((slowest, age) => Math.max(slowest, age), 0);
}
