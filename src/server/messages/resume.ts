import { ChatError } from '../../shared/errors.js';

/** What a subscriber's metadata says about its cursor, unchecked. */
export type ResumeRequest = {
  readonly logId: string | undefined;
  readonly resumeAfter: string | undefined;
  /** Of the message at `resumeAfter` (`messageDigest`); older clients send none. */
  readonly resumeDigest?: string | undefined;
};

type LogRange = { readonly logId: string; readonly head: number; readonly oldest: number };

/** Where a subscriber starts. */
export type Start =
  /** No resume was requested: the usual history. */
  | { readonly kind: 'history' }
  /** After this sequence, if the message there has this digest. */
  | { readonly kind: 'resumed'; readonly after: number; readonly digest?: string }
  /** Another log, or its entries are gone: the usual history, and the client clears its list. */
  | { readonly kind: 'reset' };

/** Throws `usage` for a malformed or incomplete request. */
export function resolveStart({ logId, resumeAfter, resumeDigest }: ResumeRequest, log: LogRange): Start {
  if (logId === undefined && resumeAfter === undefined && resumeDigest === undefined)
    return { kind: 'history' };
  if (logId === undefined || resumeAfter === undefined) {
    throw new ChatError('usage', 'log-id and resume-after go together');
  }
  // The digits of a uint64; a sequence beyond the head is a reset.
  if (!/^\d{1,20}$/.test(resumeAfter)) throw new ChatError('usage', 'resume-after is not a sequence');
  const after = Number(resumeAfter);
  if (resumeDigest !== undefined && !/^[0-9a-f]{64}$/i.test(resumeDigest)) {
    throw new ChatError('usage', 'resume-digest is not a SHA-256 in hexadecimal');
  }
  const isHere = logId === log.logId && after <= log.head && after >= log.oldest - 1;
  if (!isHere) return { kind: 'reset' };
  // Nothing before the first message can have changed.
  if (resumeDigest === undefined || after === 0) return { kind: 'resumed', after };
  return { kind: 'resumed', after, digest: resumeDigest.toLowerCase() };
}
