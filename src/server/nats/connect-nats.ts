import { setTimeout as wait } from 'node:timers/promises';
import { connect, TimeoutError, type NatsConnection } from '@nats-io/transport-node';
import type { Logger } from 'pino';
import { ChatError } from '../../shared/errors.js';
import { thrownMessage } from '../../shared/thrown-message.js';
import { connectionOptions } from './connection-options.js';
import { clientCertificateRequired, permanentNatsError } from './nats-error.js';
import { natsHost, natsName, type NatsStoreOptions } from './nats-store-options.js';
import { createConnection } from 'node:net';

/** How long starting may wait for NATS, in milliseconds: enough for machines that start together. */
export const natsStartTimeoutMs = 10_000;
const retryDelayMs = 250;

/** Connects as `openNatsLink` says. */
export async function connectNats(options: NatsStoreOptions, logger: Logger): Promise<NatsConnection> {
  const name = natsName(options);
  const settings = await connectionOptions(options);
  const deadline = performance.now() + natsStartTimeoutMs;
  let isTold = false;
  let silences = 0;
  for (;;) {
    try {
      return await connect(settings);
    } catch (error) {
      const refusal = permanentNatsError(error, options);
      if (refusal) throw refusal;
      // Who shows no certificate, or a wrong one, gets no answer. Once, NATS may just have been slow.
      const isIgnored = error instanceof TimeoutError && (await requiresCertificate(options));
      if (isIgnored && ++silences > 1) throw clientCertificateRequired(options);
      const reason = thrownMessage(error);
      if (performance.now() > deadline) {
        throw new ChatError('unreachable', `NATS does not answer at ${name}: ${reason}`, {
          hint: 'Start nats-server, or correct --store.',
          cause: error,
        });
      }
      if (!isTold && !isIgnored) {
        isTold = true;
        logger.warn({ nats: name, reason }, 'NATS does not answer yet: trying for some seconds');
      }
      await wait(retryDelayMs);
    }
  }
}

async function requiresCertificate({ servers }: NatsStoreOptions): Promise<boolean> {
  const answers = servers.map((server) =>
    requiresClientCertificate(natsHost(server), Number(/\d+$/.exec(server)?.[0])),
  );
  return (await Promise.all(answers)).includes(true);
}

/** How long a server may take to greet, in milliseconds, and how long its greeting may be, in bytes. */
const greetingTimeoutMs = 1000;
const maxGreetingBytes = 64 * 1024;

/** Whether a NATS lets in only whoever shows a certificate. It says so in its greeting, before anything else. */
function requiresClientCertificate(host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = createConnection(port, host);
    let greeting = '';
    const timer = setTimeout(() => end(false), greetingTimeoutMs);
    const end = (wanted: boolean): void => {
      clearTimeout(timer);
      socket.destroy();
      resolve(wanted);
    };
    socket.on('error', () => end(false)).on('close', () => end(false));
    socket.setEncoding('latin1').on('data', (text: string) => {
      greeting += text;
      if (greeting.includes('\n')) end(/^INFO \{.*"tls_verify":\s*true/.test(greeting));
      else if (greeting.length > maxGreetingBytes) end(false);
    });
  });
}
