import { ChatError } from '../../shared/errors.js';

/** What a subscriber's metadata says about where it was; undefined where it says nothing. Unchecked. */
export type ResumeRequest = {
  readonly logId: string | undefined;
  readonly resumeAfter: string | undefined;
  /** Identifies the message at `resumeAfter` (`messageDigest`); clients that do not know of it send none. */
  readonly resumeDigest?: string | undefined;
};

/** What can be read now (`MessageLog`). */
export type LogRange = { readonly logId: string; readonly head: number; readonly oldest: number };

/** Where a subscriber starts. */
export type Start =
  /** It did not ask to resume: the usual history. */
  | { readonly kind: 'history' }
  /** Only what came after this sequence, if the message there has this digest. */
  | { readonly kind: 'resumed'; readonly after: number; readonly digest?: string }
  /** It asked, but this is another log or that part is gone: the usual history, and its list starts anew. */
  | { readonly kind: 'reset' };

/** Decides where a subscriber starts. A malformed request, or half of one, throws `usage`. */
export function resolveStart({ logId, resumeAfter, resumeDigest }: ResumeRequest, log: LogRange): Start {
  if (logId === undefined && resumeAfter === undefined && resumeDigest === undefined)
    return { kind: 'history' };
  if (logId === undefined || resumeAfter === undefined) {
    throw new ChatError('usage', 'log-id and resume-after go together');
  }
  // The digits of a uint64: what no log can have reached only lies past the end.
  if (!/^\d{1,20}$/.test(resumeAfter)) throw new ChatError('usage', 'resume-after is not a sequence');
  const after = Number(resumeAfter);
  if (resumeDigest !== undefined && !/^[0-9a-f]{64}$/i.test(resumeDigest)) {
    throw new ChatError('usage', 'resume-digest is not a SHA-256 in hexadecimal');
  }
  const isHere = logId === log.logId && after <= log.head && after >= log.oldest - 1;
  if (!isHere) return { kind: 'reset' };
  // Before the first message there is nothing that could have changed.
  if (resumeDigest === undefined || after === 0) return { kind: 'resumed', after };
  return { kind: 'resumed', after, digest: resumeDigest.toLowerCase() };
}
