import { setTimeout as wait } from 'node:timers/promises';
import { connect, TimeoutError, type NatsConnection } from '@nats-io/transport-node';
import type { Logger } from 'pino';
import { ChatError } from '../../shared/errors.js';
import { thrownMessage } from '../../shared/thrown-message.js';
import { connectionOptions } from './connection-options.js';
import { clientCertificateRequired, permanentNatsError } from './nats-error.js';
import { natsHost, natsName, type NatsStoreOptions } from './nats-store-options.js';
import { createConnection } from 'node:net';

/** How long a start waits for NATS: enough for machines that start together. */
export const natsStartTimeoutMs = 10_000;
const retryDelayMs = 250;

/** Connects as described at `openNatsLink`. */
export async function connectNats(options: NatsStoreOptions, logger: Logger): Promise<NatsConnection> {
  const name = natsName(options);
  const settings = await connectionOptions(options);
  const deadline = performance.now() + natsStartTimeoutMs;
  let hasWarned = false;
  let unansweredCount = 0;
  for (;;) {
    try {
      return await connect(settings);
    } catch (error) {
      const permanentError = permanentNatsError(error, options);
      if (permanentError) throw permanentError;
      // NATS does not answer a client without a valid certificate. A single timeout may just mean that it was slow.
      const isIgnored = error instanceof TimeoutError && (await requiresCertificate(options));
      if (isIgnored && ++unansweredCount > 1) throw clientCertificateRequired(options);
      const reason = thrownMessage(error);
      if (performance.now() > deadline) {
        throw new ChatError('unreachable', `NATS does not answer at ${name}: ${reason}`, {
          hint: 'Start nats-server, or correct --store.',
          cause: error,
        });
      }
      if (!hasWarned && !isIgnored) {
        hasWarned = true;
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

const greetingTimeoutMs = 1000;
const maxGreetingBytes = 64 * 1024;

/** Whether NATS requires client certificates, as its greeting says before anything else. */
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
