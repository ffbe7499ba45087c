import { ChatError } from '../../shared/errors.js';

/** What a subscriber's metadata says about where it was; undefined where it says nothing. Unchecked. */
export type ResumeRequest = { readonly logId: string | undefined; readonly resumeAfter: string | undefined };

/** What can be read now (`MessageLog`). */
export type LogRange = { readonly logId: string; readonly head: number; readonly oldest: number };

/** Where a subscriber starts. */
export type Start =
  /** It did not ask to resume: the usual history. */
  | { readonly kind: 'fresh' }
  /** Only what came after this sequence. */
  | { readonly kind: 'resumed'; readonly after: number }
  /** It asked, but this is another log or that part is gone: the usual history, and its list starts anew. */
  | { readonly kind: 'restarted' };

/** Decides where a subscriber starts. A malformed request, or half of one, throws `usage`. */
export function decideStart({ logId, resumeAfter }: ResumeRequest, log: LogRange): Start {
  if (logId === undefined && resumeAfter === undefined) return { kind: 'fresh' };
  if (logId === undefined || resumeAfter === undefined) {
    throw new ChatError('usage', 'log-id and resume-after go together');
  }
  // The digits of a uint64: what no log can have reached only lies past the end.
  if (!/^\d{1,20}$/.test(resumeAfter)) throw new ChatError('usage', 'resume-after is not a sequence');
  const after = Number(resumeAfter);
  const isHere = logId === log.logId && after <= log.head && after >= log.oldest - 1;
  return isHere ? { kind: 'resumed', after } : { kind: 'restarted' };
}
