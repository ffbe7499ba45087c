import type { Logger } from 'pino';
import type { Clock } from '../../shared/clock.js';
import type { ChatError } from '../../shared/errors.js';

/** Never logs passwords, metadata, content or text of a caller: a rejected name may be a mistyped password. */
export type ServerLog = {
  failed(method: string, error: ChatError): void;
  refused(error: ChatError, address: string): void;
  connectionRejected(address: string): void;
  acceptFailed(error: Error): void;
  /** The headers of the connection were unreadable or far too long. */
  connectionBroken(address: string): void;
  proxyHeaderMissing(address: string): void;
};

const warningIntervalMs = 60_000;

/** Logs internal failures as errors, rejected logins as warnings, other rejections for debugging. */
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
      logger.debug({ address }, 'a connection was rejected');
      if (clock.monotonicMs() < nextFloodWarning) return;
      nextFloodWarning = clock.monotonicMs() + warningIntervalMs;
      logger.warn({ address }, 'there are too many connections: more are rejected');
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
