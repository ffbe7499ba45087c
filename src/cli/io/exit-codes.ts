import { errorTraits, type ErrorCode } from '../../shared/errors.js';

export const exitCodes = {
  done: 0,
  unexpected: errorTraits.internal.exitCode,
  usage: errorTraits.usage.exitCode,
  hungUp: 129,
  interrupted: errorTraits.cancelled.exitCode,
  terminated: 143,
} as const;

/** The meaning of each exit code, for the manual page; `docs/errors.md` has the same words. */
export const exitMeanings: readonly (readonly [code: number, meaning: string])[] = [
  [0, 'done'],
  [1, 'unexpected failure'],
  [2, 'usage'],
  [3, 'server unreachable, or time-out'],
  [4, 'login refused'],
  [5, 'rate limited'],
  [6, 'message refused'],
  [7, 'certificate not trusted, or changed'],
  [8, 'no such room or message, or not permitted'],
  [129, 'hung up (SIGHUP)'],
  [130, 'interrupted (SIGINT)'],
  [143, 'terminated (SIGTERM)'],
];

export function exitCodeOf(code: ErrorCode): number {
  return errorTraits[code].exitCode;
}

/** 128 plus the number of the signal, as shells report it. */
export const signalExitCodes = {
  SIGHUP: exitCodes.hungUp,
  SIGINT: exitCodes.interrupted,
  SIGTERM: exitCodes.terminated,
} as const;
