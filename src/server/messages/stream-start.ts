import { ChatError } from '../../shared/errors.js';
import { createDigests, type DigestedLog } from './digests.js';
import { lobbyMessages, type MessageLog } from './message-log.js';

export const maxHistoryBytes = 8 * 1024 * 1024;

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

/** Where the streams of a log start, and what their headers say of it. */
export type StreamStarts = {
  /** Whether a request resumes, and where. Rejects with `usage` for an invalid request. */
  resume(request: ResumeRequest): Promise<Start>;
  /** Of a message of the lobby; undefined if it cannot be read. */
  digest(sequence: number): Promise<string | undefined>;
  /** In the lobby: `after` is the cursor to read from. Rejects with `usage` for an invalid request. */
  start(request: ResumeRequest): Promise<Start & { readonly after: number }>;
  /** In the lobby: `head` is 0 if there is no message; `digest` is undefined if the message cannot be read. */
  newest(): Promise<{ readonly head: number; readonly digest: string | undefined }>;
};

/** `maxHistoryMessages`: of the lobby, for a stream that does not resume. */
export function createStreamStarts(log: MessageLog & DigestedLog, maxHistoryMessages: number): StreamStarts {
  let known: { head: number; start: Promise<number> } | undefined;
  const digests = createDigests(log);

  const findHistoryStart = async (head: number): Promise<number> => {
    const newest = await log.readBefore(0, maxHistoryMessages, maxHistoryBytes, lobbyMessages);
    const oldest = newest.at(-1);
    // Messages appended during the read are not history, but they follow the previous head.
    return oldest ? oldest.sequence - 1 : head;
  };

  /** The cursor before the history. Computed once per head, also for many clients that reconnect at once. */
  const historyStart = (): Promise<number> => {
    const head = log.head();
    if (maxHistoryMessages === 0) return Promise.resolve(head);
    if (known?.head !== head) {
      const start = findHistoryStart(head);
      known = { head, start };
      start.catch(() => {
        if (known?.start === start) known = undefined;
      });
    }
    return known.start;
  };

  /** A cursor whose message has changed, or cannot be compared, is not valid in this log. */
  const proven = async (start: Start): Promise<Start> => {
    if (start.kind !== 'resumed' || start.digest === undefined) return start;
    const { kind, after, digest } = start;
    return (await digests.isOf(after, digest)) ? { kind, after } : { kind: 'reset' };
  };

  const resume = (request: ResumeRequest): Promise<Start> =>
    proven(resolveStart(request, { logId: log.logId, head: log.head(), oldest: log.oldest() }));

  // Without a digest the reader can still resume, only unverified: no reason to reject it now.
  const digest = (sequence: number): Promise<string | undefined> =>
    digests.at(sequence).catch(() => undefined);

  return {
    resume,
    digest,
    async start(request) {
      const start = await resume(request);
      return start.kind === 'resumed' ? start : { ...start, after: await historyStart() };
    },
    async newest() {
      // If the lobby is empty, only the end of the log is known.
      const [newest] = await log.readBefore(0, 1, 1, lobbyMessages).catch(() => []);
      const head = newest?.sequence ?? log.head();
      return { head, digest: await digest(head) };
    },
  };
}

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
