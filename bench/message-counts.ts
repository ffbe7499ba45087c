/** The cost of a message as counts, which do not depend on the machine: npm run bench message-counts. */
import { setImmediate } from 'node:timers/promises';
import { pino } from 'pino';
import { startServer } from '../src/server/app/start-server.js';
import { encodeDraft } from '../src/shared/codec.js';
import { contentType } from '../src/shared/message.js';
import { defaultLimits } from '../src/shared/message-rules.js';
import { simpleChat } from '../src/shared/services.js';
import { encodeText } from '../src/shared/text.js';
import { append, reader, started } from '../test/support/subscribers.js';
import { settled } from '../test/support/manual-clock.js';
import { report } from './row.js';
import { openHttp2 } from './wire/http2-frames.js';

const messages = 20;
const subscriberCount = 20;
const textBytes = 7777;

const server = await startServer({
  host: 'localhost',
  port: 0,
  dataDirectory: undefined,
  store: 'memory',
  maxHistoryMessages: 0,
  keep: undefined,
  limits: defaultLimits,
  maxMessagesPerSecond: 0,
  maxConnections: 1000,
  maxConnectionsPerAddress: 200,
  maxStreamsPerUser: 1000,
  demoUsers: false,
  tls: { kind: 'none' },
  insecure: false,
  metricsPort: undefined,
  logger: pino({ level: 'silent' }),
});

let answered = (): void => undefined;
const writer = await openHttp2(server.port, simpleChat.sendMessage.path, 'user2', {
  onData: () => undefined,
  onEnd: () => answered(),
});
const send = (text: string): Promise<void> =>
  new Promise((resolve) => {
    answered = resolve;
    const draft = { id: '', timestamp: Date.now(), type: contentType.text, content: encodeText(text) };
    writer.call(encodeDraft(draft));
  });

// The first message checks the password; later logins are cached.
await send('the first one');
const Original = globalThis.AbortController;
let controllers = 0;
globalThis.AbortController = class extends Original {
  constructor() {
    super();
    controllers++;
  }
};
for (let count = 1; count <= messages; count++) await send(`text ${count}`);
globalThis.AbortController = Original;
// Controllers and their listeners take longer than the message itself.
report({ what: 'AbortControllers per message', value: controllers / messages, unit: '', limit: { max: 0 } });

let arrived = 0;
const subscribers = await Promise.all(
  Array.from({ length: subscriberCount }, async () => {
    const subscriber = await openHttp2(server.port, simpleChat.messageList.path, 'user1', {
      onData: () => arrived++,
      onEnd: () => undefined,
    });
    subscriber.call(Buffer.alloc(0));
    return subscriber;
  }),
);
while (arrived < subscriberCount) await setImmediate();
const allocUnsafe = Buffer.allocUnsafe.bind(Buffer);
let copies = 0;
Buffer.allocUnsafe = (size) => {
  if (size > textBytes && size < textBytes + 200) copies++;
  return allocUnsafe(size);
};
await send('x'.repeat(textBytes));
while (arrived < 2 * subscriberCount) await setImmediate();
Buffer.allocUnsafe = allocUnsafe;
// One frame for all subscribers, and the copies made to read the message.
report({
  what: `copies of a message for ${subscriberCount} subscribers`,
  value: copies,
  unit: '',
  limit: { max: 4 },
});

// A round of many writes is split, so that the first subscribers do not wait for the last.
const { log, subscribe } = started();
let writesInTurn = 0;
let maxInTurn = 0;
let isTurnEnding = false;
const readers = Array.from({ length: 200 }, () => reader());
for (const { write } of readers) {
  subscribe(0, (bytes, onDrained) => {
    maxInTurn = Math.max(maxInTurn, ++writesInTurn);
    if (!isTurnEnding) {
      isTurnEnding = true;
      globalThis.setImmediate(() => {
        isTurnEnding = false;
        writesInTurn = 0;
      });
    }
    return write(bytes, onDrained);
  });
}
await settled();
maxInTurn = 0;
await append(log, 1);
while (readers.some(({ batches }) => batches.length < 2)) await settled();
report({ what: 'writes in one turn of the event loop', value: maxInTurn, unit: '', limit: { max: 32 } });

for (const subscriber of subscribers) subscriber.close();
writer.close();
await server.stop();
process.exit();
