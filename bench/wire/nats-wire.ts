import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import type { Wire } from './wire.js';

/** nats-server, over its text protocol. */
export const natsWire: Wire = {
  async subscribe(port, listener) {
    const socket = await natsSocket(port);
    socket.write('SUB chat 1\r\nPING\r\n');
    await once(socket, 'data');
    let rest: Buffer | undefined;
    socket.on('data', (chunk) => {
      const bytes = rest ? Buffer.concat([rest, chunk]) : chunk;
      let at = 0;
      let count = 0;
      for (;;) {
        const line = bytes.indexOf(0x0d, at);
        if (line < 0 || line + 1 === bytes.length) break;
        if (bytes[at] !== letter.m) {
          // Not "MSG": if it is "PING", it needs an answer.
          if (bytes[at + 1] === letter.i) socket.write('PONG\r\n');
          at = line + 2;
          continue;
        }
        const end = line + 2 + lastNumber(bytes, line);
        if (bytes.length < end + 2) break;
        if ('onPayload' in listener) listener.onPayload(bytes.subarray(line + 2, end));
        count++;
        at = end + 2;
      }
      rest = at < bytes.length ? bytes.subarray(at) : undefined;
      if (count > 0 && 'onCount' in listener) listener.onCount(count);
    });
  },
  async createPublisher(port) {
    const socket = await natsSocket(port);
    socket.resume();
    return {
      inFlight: 256,
      close: () => socket.destroy(),
      publish: (payload) =>
        new Promise((resolve) =>
          socket.write(
            Buffer.concat([Buffer.from(`PUB chat ${payload.length}\r\n`), payload, Buffer.from('\r\n')]),
            () => resolve(),
          ),
        ),
    };
  },
};

async function natsSocket(port: number): Promise<Socket> {
  const socket = connect(port, '127.0.0.1').setNoDelay();
  await once(socket, 'data');
  socket.write('CONNECT {"verbose":false}\r\n');
  return socket;
}

const letter = { m: 0x4d, i: 0x49 } as const;

/** The number that ends at `end`: the length of the payload in "MSG chat 1 60". */
function lastNumber(bytes: Buffer, end: number): number {
  let value = 0;
  for (let at = end - 1, unit = 1; bytes[at] !== 0x20; at--, unit *= 10) {
    value += ((bytes[at] ?? 0x30) - 0x30) * unit;
  }
  return value;
}
