/** A process of its own with many subscribers, each on its own connection. It answers `count` with what they got. */
import { wires } from './wire.js';

const [kind, port, count] = process.argv.slice(2);
if (kind !== 'chat' && kind !== 'nats') throw new Error('which server?');
let received = 0;
const wire = wires[kind];
for (let started = 0; started < Number(count); started += 20) {
  await Promise.all(
    Array.from({ length: Math.min(20, Number(count) - started) }, () =>
      wire.subscribe(Number(port), (messages) => (received += messages)),
    ),
  );
}
process.on('message', () => process.send?.(received));
process.on('disconnect', () => process.exit());
process.send?.('ready');
