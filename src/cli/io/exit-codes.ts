import type { ErrorCode } from '../../shared/errors.js';

/** Exit codes that scripts may rely on; `chat send --help` and `docs/errors.md` explain them. */
export const exitCodes = {
  done: 0,
  unexpected: 1,
  usage: 2,
  unreachable: 3,
  loginRefused: 4,
  rateLimited: 5,
  messageRefused: 6,
  certificateUntrusted: 7,
  hungUp: 129,
  interrupted: 130,
  terminated: 143,
} as const;

/** The meaning of each exit code, for the manual page; `docs/errors.md` has the same words. */
export const exitMeanings: readonly (readonly [code: number, meaning: string])[] = [
  [exitCodes.done, 'done'],
  [exitCodes.unexpected, 'unexpected failure'],
  [exitCodes.usage, 'usage'],
  [exitCodes.unreachable, 'server unreachable, or time-out'],
  [exitCodes.loginRefused, 'login refused'],
  [exitCodes.rateLimited, 'rate limited'],
  [exitCodes.messageRefused, 'message refused'],
  [exitCodes.certificateUntrusted, 'certificate not trusted, or changed'],
  [exitCodes.hungUp, 'hung up (SIGHUP)'],
  [exitCodes.interrupted, 'interrupted (SIGINT)'],
  [exitCodes.terminated, 'terminated (SIGTERM)'],
];

const byErrorCode: Readonly<Record<ErrorCode, number>> = {
  internal: exitCodes.unexpected,
  usage: exitCodes.usage,
  unreachable: exitCodes.unreachable,
  'timed-out': exitCodes.unreachable,
  'may-not-have-arrived': exitCodes.unreachable,
  'login-refused': exitCodes.loginRefused,
  'rate-limited': exitCodes.rateLimited,
  'message-refused': exitCodes.messageRefused,
  'message-too-large': exitCodes.messageRefused,
  'certificate-untrusted': exitCodes.certificateUntrusted,
  unsupported: exitCodes.unexpected,
  'store-unavailable': exitCodes.unreachable,
  'shutting-down': exitCodes.unreachable,
  'data-directory': exitCodes.unexpected,
  'address-in-use': exitCodes.unexpected,
  'already-exists': exitCodes.unexpected,
  'not-found': exitCodes.unexpected,
  cancelled: exitCodes.interrupted,
};

export function exitCodeOf(code: ErrorCode): number {
  return byErrorCode[code];
}

/** 128 plus the number of the signal, as shells report it. */
export const signalExitCodes = {
  SIGHUP: exitCodes.hungUp,
  SIGINT: exitCodes.interrupted,
  SIGTERM: exitCodes.terminated,
} as const;
