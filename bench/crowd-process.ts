/** A process with many subscribers, each on its own connection. It answers the questions `count` and `ages`. */
import { wireOf } from './wire/wire-of.js';
import { age } from './wire/wire.js';

const [kind, port, count, collectsAges] = process.argv.slice(2);
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
for (let started = 0; started < Number(count); started += 50) {
  await Promise.all(
    Array.from({ length: Math.min(50, Number(count) - started) }, () =>
      wire.subscribe(Number(port), listener),
    ),
  );
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
