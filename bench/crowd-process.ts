/** A process with many subscribers, each on its own connection. It answers the questions `count` and `ages`. */
import type { CrowdShare } from './crowd.js';
import { wireOf } from './wire/wire-of.js';
import { age } from './wire/wire.js';

const { kind, port, collectsAges, users } = JSON.parse(process.argv[2] ?? '') as CrowdShare;
const wire = wireOf(kind);
let received = 0;
let ages: number[] = [];
const onCount = (messages: number): void => {
  received += messages;
};
const onPayload = (payload: Buffer): void => {
  received++;
  const time = age(payload);
  if (time !== undefined) ages.push(time);
};
const listener = collectsAges ? { onPayload } : { onCount };
for (let started = 0; started < users.length; started += 50) {
  const some = users.slice(started, started + 50);
  await Promise.all(some.map((user) => wire.subscribe(port, listener, user ?? undefined)));
}
process.on('message', (question) => {
  if (question === 'count') process.send?.(received);
  if (question === 'ages') {
    process.send?.(ages);
    ages = [];
  }
});
process.on('disconnect', () => process.exit());
process.send?.('ready');
