import type { Logger } from 'pino';
import type { Clock } from '../../shared/clock.js';
import type { ChatError } from '../../shared/errors.js';

/**
 * What the server writes down. Never passwords, metadata or content, and no text that a caller chose: a refused
 * name may be a password typed into the wrong field.
 */
export type ServerLog = {
  /** A handler failed. */
  failed(method: string, error: ChatError): void;
  /** A call was refused before it reached its handler. */
  refused(error: ChatError, address: string): void;
  /** A connection was rejected. */
  connectionRejected(address: string): void;
  /** A connection could not be accepted. */
  acceptFailed(error: Error): void;
  /** A connection was closed: its headers could not be read, or were far too long. */
  connectionBroken(address: string): void;
  /** A load balancer did not say where its connection comes from. */
  proxyHeaderMissing(address: string): void;
};

/** Being flooded with connections is told once in this time, in milliseconds; so is failing to accept them. */
const warningIntervalMs = 60_000;

/** Writes to a pino logger: our own failures as errors, refused logins as warnings, the rest for debugging. */
export function createServerLog(logger: Logger, clock: Clock): ServerLog {
  let nextFloodWarning = 0;
  let nextAcceptWarning = 0;
  let nextProxyWarning = 0;

  return {
    failed(method, error) {
      if (error.code === 'internal') logger.error({ method, err: error.cause ?? error }, 'a call failed');
      else logger.debug({ method, code: error.code }, 'a call was refused');
    },
    refused(error, address) {
      if (error.code === 'internal') logger.error({ err: error.cause ?? error }, 'a login failed');
      else if (error.code === 'login-refused') logger.warn({ address }, 'a login was refused');
      else logger.debug({ address, code: error.code }, 'a call was refused');
    },
    connectionRejected(address) {
      logger.debug({ address }, 'a connection was turned away');
      if (clock.monotonicMs() < nextFloodWarning) return;
      nextFloodWarning = clock.monotonicMs() + warningIntervalMs;
      logger.warn({ address }, 'there are too many connections: more are turned away');
    },
    acceptFailed(error) {
      if (clock.monotonicMs() < nextAcceptWarning) return;
      nextAcceptWarning = clock.monotonicMs() + warningIntervalMs;
      logger.error({ err: error }, 'connections cannot be accepted: there may be too many open files');
    },
    connectionBroken(address) {
      logger.info(
        { address },
        'a connection was closed: its headers are too long, or cannot be read as HTTP/2',
      );
    },
    proxyHeaderMissing(address) {
      logger.debug({ address }, 'a connection brought no PROXY header');
      if (clock.monotonicMs() < nextProxyWarning) return;
      nextProxyWarning = clock.monotonicMs() + warningIntervalMs;
      logger.warn({ address }, 'an address of --proxy-protocol brings connections without a PROXY header');
    },
  };
}
